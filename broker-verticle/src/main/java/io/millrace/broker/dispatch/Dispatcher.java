package io.millrace.broker.dispatch;

import io.millrace.wire.ApiKey;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.WireLimits;
import io.millrace.wire.WireReader;
import io.millrace.wire.message.ApiVersionsResponse;
import io.millrace.wire.message.RequestHeader;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a request's header, finds its handler, reads the message and starts the handler. Stateless: every event loop
 * may use one instance.
 */
public final class Dispatcher {

    private static final int API_KEY_INDEX = 0;
    private static final int VERSION_INDEX = 2;
    private static final int CORRELATION_ID_INDEX = 4;

    private final ApiRegistry registry;
    private final WireLimits limits;

    public Dispatcher(ApiRegistry registry, WireLimits limits) {
        this.registry = registry;
        this.limits = limits;
    }

    /** Starts the request. Whatever comes of it, the call is told exactly once; nothing is thrown. */
    public void dispatch(Call call) {
        try {
            start(call);
        } catch (RuntimeException | Error e) {
            call.end(null, e);
        }
    }

    private void start(Call call) {
        ByteBuf frame = call.frame;
        short keyId = frame.getShort(frame.readerIndex() + API_KEY_INDEX);
        short version = frame.getShort(frame.readerIndex() + VERSION_INDEX);
        ApiKey key = ApiKey.forId(keyId);
        ApiHandler<?, ?> handler = key == null ? null : registry.find(key);
        if (key == null || handler == null) {
            throw new RejectedRequestException(
                    (key == null ? "API " + keyId : key.toString()) + " is not offered by this broker");
        }
        if (version < handler.minVersion() || version > handler.maxVersion()) {
            rejectVersion(call, handler, version);
            return;
        }
        WireReader in = new WireReader(frame, limits);
        RequestHeader header = new RequestHeader();
        header.read(in, key.requestHeaderVersion(version));
        RequestContext context = new RequestContext(
                key,
                version,
                header.correlationId(),
                header.clientId(),
                call.connection,
                call.eventLoop,
                call.gate,
                call.receivedNanos,
                call);
        call.context = context;
        ApiMessage request = key.newRequest();
        request.read(in, version);
        call.onDecoded(in.elementCount());
        // Bytes that follow the message are not looked at: Kafka ignores them, so there may be clients that send some.
        invoke(call, handler, context, request);
    }

    @SuppressWarnings("unchecked")
    private static void invoke(Call call, ApiHandler<?, ?> handler, RequestContext context, ApiMessage request) {
        try {
            ((ApiHandler<ApiMessage, ApiMessage>) handler)
                    .handle(context, request)
                    .onComplete(call);
        } catch (RuntimeException | Error e) {
            // Includes our own bugs: they cost this connection, and a line in the log with their stack trace.
            call.complete(null, e);
        }
    }

    /**
     * A client that is newer than the broker finds its level by the answer to ApiVersions, which therefore every client
     * must be able to read: version 0, with the range to use (KIP-511). For other APIs there is no such answer.
     */
    private static void rejectVersion(Call call, ApiHandler<?, ?> handler, short version) {
        if (handler.key() != ApiKey.API_VERSIONS) {
            throw new RejectedRequestException(handler.key() + " v" + version + " is not offered: v"
                    + handler.minVersion() + " to v" + handler.maxVersion() + " are");
        }
        ApiVersionsResponse response = new ApiVersionsResponse()
                .errorCode(ErrorCode.UNSUPPORTED_VERSION.code())
                .apiKeys(new ArrayList<>(List.of(new ApiVersionsResponse.ApiVersion()
                        .apiKey(handler.key().id())
                        .minVersion(handler.minVersion())
                        .maxVersion(handler.maxVersion()))));
        int correlationId = call.frame.getInt(call.frame.readerIndex() + CORRELATION_ID_INDEX);
        call.end(ResponseEncoder.encode(handler.key(), (short) 0, correlationId, response), null);
    }
}
