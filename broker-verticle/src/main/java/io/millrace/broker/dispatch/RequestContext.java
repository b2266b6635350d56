package io.millrace.broker.dispatch;

import io.millrace.wire.ApiKey;
import io.vertx.core.Context;
import org.jspecify.annotations.Nullable;

/**
 * The circumstances of one request.
 *
 * @param key the API
 * @param version the version that the request was written in and the response will be
 * @param correlationId as sent by the client
 * @param clientId as sent by the client
 * @param connection where it came from
 * @param eventLoop the connection's event loop; handlers complete their futures on it
 * @param gate stops the connection from starting further requests
 * @param receivedNanos {@link System#nanoTime()} when the frame was complete
 * @param held the request's bytes
 */
public record RequestContext(
        ApiKey key,
        short version,
        int correlationId,
        @Nullable String clientId,
        ConnectionInfo connection,
        Context eventLoop,
        RequestGate gate,
        long receivedNanos,
        HeldRequest held) {}
