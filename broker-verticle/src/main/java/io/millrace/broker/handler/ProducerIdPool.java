package io.millrace.broker.handler;

import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.election.BrokerDecisions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Hands out producer ids, each once in the life of the cluster. They come in blocks from the metadata log, so that most
 * requests wait for no disk; what is left of a block when the broker stops is never used. Used by all event loops.
 */
public final class ProducerIdPool {

    private final MetadataLog metadata;
    private final int brokerId;
    private final ArrayDeque<Promise<Long>> waiting = new ArrayDeque<>();
    private long next;
    private long end;

    public ProducerIdPool(MetadataLog metadata, int brokerId) {
        this.metadata = metadata;
        this.brokerId = brokerId;
    }

    /** @return completes on any thread; fails if the metadata log does */
    public Future<Long> next() {
        Promise<Long> promise = Promise.promise();
        boolean first;
        // A producer asks for an id once in its life: the lock is neither hot nor held across anything slow.
        synchronized (this) {
            if (next < end) {
                return Future.succeededFuture(next++);
            }
            waiting.add(promise);
            first = waiting.size() == 1;
        }
        if (first) {
            allocate();
        }
        return promise.future();
    }

    private void allocate() {
        metadata.submit(BrokerDecisions.allocateProducerIds(brokerId)).onComplete(this::onBlock);
    }

    private void onBlock(@Nullable Long blockStart, @Nullable Throwable failure) {
        ArrayDeque<Promise<Long>> answered;
        long id;
        boolean more;
        synchronized (this) {
            if (blockStart != null) {
                next = blockStart;
                end = blockStart + BrokerDecisions.PRODUCER_ID_BLOCK;
            }
            answered = new ArrayDeque<>();
            id = next;
            while (!waiting.isEmpty() && (failure != null || next < end)) {
                answered.add(waiting.remove());
                if (failure == null) {
                    next++;
                }
            }
            more = !waiting.isEmpty();
        }
        for (Promise<Long> promise : answered) {
            if (failure == null) {
                promise.complete(id++);
            } else {
                promise.fail(failure);
            }
        }
        if (more) {
            allocate();
        }
    }
}
