package io.millrace.broker.dispatch;

import io.millrace.wire.ApiKey;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.WireFrame;
import io.millrace.wire.WireWriter;
import io.millrace.wire.message.ResponseHeader;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;

/** Writes a response with its header and length. Stateless. */
final class ResponseEncoder {

    private static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    private ResponseEncoder() {}

    static WireFrame encode(RequestContext context, ApiMessage response) {
        return encode(context.key(), context.version(), context.correlationId(), response);
    }

    static WireFrame encode(ApiKey key, short version, int correlationId, ApiMessage response) {
        WireWriter out = new WireWriter(ALLOCATOR);
        try {
            new ResponseHeader().correlationId(correlationId).write(out, key.responseHeaderVersion(version));
            response.write(out, version);
            return out.finish();
        } catch (RuntimeException | Error e) {
            out.release();
            response.release();
            throw e;
        }
    }
}
