package io.millrace.wire;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * A message that is ready to be sent. Owns its parts until they are handed to the transport, which releases them.
 *
 * @param parts in sending order, each a {@link ByteBuf} or a {@link io.netty.channel.FileRegion}
 * @param sizeBytes of all parts together
 */
public record WireFrame(List<Object> parts, long sizeBytes) {

    /** Gives up a frame that will not be sent. */
    public void release() {
        parts.forEach(ReferenceCountUtil::release);
    }
}
