package io.millrace.cluster;

import io.vertx.core.Future;

/**
 * The durable, ordered log of what the cluster has decided, and the image that it adds up to. All methods may be called
 * from any thread, none of them blocks.
 */
public interface MetadataLog {
    /** The newest committed image. */
    ClusterImage image();

    /**
     * Runs {@code decider} after every decision submitted before it.
     *
     * <p>The future completes once the decision's records are durable and every {@link ImageListener} has seen them, on
     * the Vert.x context of the caller if it has one, else on the log's thread. It fails with what the decider threw, or
     * with {@link MetadataLogException}, which says whether the decision may still take effect.
     */
    <T> Future<T> submit(Decider<T> decider);

    /** Adds a listener for the decisions that commit after this call. */
    void subscribe(ImageListener listener);

    /** Completes when everything submitted before is committed and the log's files are closed; fails new submissions. */
    Future<Void> close();
}
