package io.millrace.micro;

import io.millrace.wire.WireFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/** Frames as sockets deliver and take them. */
final class SocketBytes {

    private SocketBytes() {}

    /** The frame in one piece outside the heap, without the length in front; the caller owns it. Releases the frame. */
    static ByteBuf of(WireFrame frame) {
        ByteBuf whole = PooledByteBufAllocator.DEFAULT.directBuffer((int) frame.sizeBytes());
        for (Object part : frame.parts()) {
            whole.writeBytes(((ByteBuf) part).duplicate());
        }
        frame.release();
        whole.skipBytes(Integer.BYTES);
        return whole.discardReadBytes();
    }

    /** Takes a frame as a socket does that sends nothing; returns its size. */
    static long drop(WireFrame frame) {
        frame.release();
        return frame.sizeBytes();
    }
}
