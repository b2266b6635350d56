package io.millrace.broker.group.record;

import io.millrace.wire.WireException;
import io.millrace.wire.WireFrame;
import io.millrace.wire.WireMessage;
import io.millrace.wire.WireWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;

/** How keys and values look as bytes: a number, which tells the type of a key or the version of a value, and a message. */
public final class RecordBytes {

    private RecordBytes() {}

    public static byte[] of(short prefix, WireMessage message, short version) {
        WireWriter out = new WireWriter(PooledByteBufAllocator.DEFAULT);
        try {
            out.writeShort(prefix);
            message.write(out, version);
        } catch (WireException e) {
            out.release();
            throw e;
        }
        WireFrame frame = out.finish();
        try {
            ByteBuf framed = (ByteBuf) frame.parts().get(0);
            return ByteBufUtil.getBytes(framed, Integer.BYTES, framed.readableBytes() - Integer.BYTES);
        } finally {
            frame.release();
        }
    }
}
