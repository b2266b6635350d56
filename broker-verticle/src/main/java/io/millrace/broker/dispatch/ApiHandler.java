package io.millrace.broker.dispatch;

import io.millrace.wire.ApiKey;
import io.millrace.wire.ApiMessage;
import io.vertx.core.Future;

/**
 * Answers one API. There is one instance for each connection event loop or one for the whole broker; in the second
 * case it keeps no mutable state of its own.
 *
 * @param <Q> the request message
 * @param <R> the response message
 */
public interface ApiHandler<Q extends ApiMessage, R extends ApiMessage> {

    ApiKey key();

    /** Lowest version that is advertised and accepted. */
    default short minVersion() {
        return key().minVersion();
    }

    /** Highest version that is advertised and accepted. */
    default short maxVersion() {
        return key().maxVersion();
    }

    /**
     * Lowest version in the ApiVersions answer. It differs from {@link #minVersion()} only for Produce, where clients
     * such as librdkafka look for version 0 although nobody may use it (KAFKA-18659).
     */
    default short minAdvertisedVersion() {
        return minVersion();
    }

    /**
     * Starts the request; runs on the connection's event loop and never blocks. When it returns, the place of the
     * request among those of its connection is fixed: the next request may start. A handler that needs longer than
     * the call to fix the order closes the {@link RequestContext#gate() gate} until it is fixed.
     *
     * <p>Buffers in the request are slices of the frame, valid until the returned future completes.
     *
     * @return completes on the same event loop with the response message. Completing with {@code null} sends nothing
     *     (Produce with acks=0). Protocol errors are values inside the response; a failed future is a bug or a lost
     *     resource: it is logged and closes the connection, except for {@link ConnectionClosingException}, which only
     *     closes it.
     */
    Future<R> handle(RequestContext context, Q request);
}
