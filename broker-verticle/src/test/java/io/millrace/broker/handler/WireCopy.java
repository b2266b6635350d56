package io.millrace.broker.handler;

import io.millrace.wire.ApiMessage;
import io.millrace.wire.WireFrame;
import io.millrace.wire.WireLimits;
import io.millrace.wire.WireReader;
import io.millrace.wire.WireWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;

/** A message as the other side gets it. */
final class WireCopy {
    /** Leak detection would record each of millions of bytes; the one buffer is released below. */
    private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false, true);

    private WireCopy() {}

    /** Writes a message without records in a version, and reads it into another. */
    static <M extends ApiMessage> M of(ApiMessage sent, short version, M received) {
        WireWriter writer = new WireWriter(ALLOCATOR);
        sent.write(writer, version);
        WireFrame frame = writer.finish();
        ByteBuf bytes = (ByteBuf) frame.parts().get(0);
        try {
            WireReader reader = new WireReader(bytes.skipBytes(Integer.BYTES), WireLimits.DEFAULT);
            received.read(reader, version);
            reader.expectEnd();
            return received;
        } finally {
            bytes.release();
        }
    }
}
