package io.millrace.wire.oracle;

import io.millrace.wire.WireFrame;
import io.millrace.wire.WireLimits;
import io.millrace.wire.WireMessage;
import io.millrace.wire.WireReader;
import io.millrace.wire.WireWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/** Messages to bytes and back, by our code and by Kafka's. */
final class Codec {

    private Codec() {}

    static byte[] write(WireMessage message, short version) {
        WireWriter out = new WireWriter(ByteBufAllocator.DEFAULT);
        WireFrame frame;
        try {
            message.write(out, version);
            frame = out.finish();
        } catch (RuntimeException e) {
            out.release();
            throw e;
        }
        ByteBuf whole = Unpooled.wrappedBuffer(frame.parts().toArray(new ByteBuf[0]));
        try {
            int length = whole.readInt();
            if (length != whole.readableBytes() || frame.sizeBytes() != length + Integer.BYTES) {
                throw new AssertionError("the frame says " + length + " bytes and has " + whole.readableBytes());
            }
            return ByteBufUtil.getBytes(whole);
        } finally {
            whole.release();
        }
    }

    /** Buffers in the message stay valid, whoever releases them: the bytes are on the heap. */
    static void read(WireMessage message, byte[] bytes, short version) {
        WireReader in = new WireReader(Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(bytes)), WireLimits.DEFAULT);
        message.read(in, version);
        in.expectEnd();
    }

    static byte[] write(Message message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer bytes = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(bytes), cache, version);
        if (bytes.hasRemaining()) {
            throw new AssertionError("Kafka wrote less than it said");
        }
        return bytes.array();
    }

    static void read(Message message, byte[] bytes, short version) {
        message.read(new ByteBufferAccessor(ByteBuffer.wrap(bytes)), version);
    }
}
