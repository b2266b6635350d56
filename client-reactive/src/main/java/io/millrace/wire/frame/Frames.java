package io.millrace.wire.frame;

import io.millrace.wire.WireFrame;
import io.millrace.wire.WireMessage;
import io.millrace.wire.WireWriter;
import io.netty.buffer.ByteBufAllocator;

/** What requests and responses have in common. */
final class Frames {

    private Frames() {}

    static WireFrame encode(
            ByteBufAllocator allocator, WireMessage header, short headerVersion, WireMessage message, short version) {
        WireWriter out = new WireWriter(allocator);
        try {
            header.write(out, headerVersion);
            message.write(out, version);
            return out.finish();
        } catch (RuntimeException | OutOfMemoryError e) {
            out.release();
            message.release();
            throw e;
        }
    }
}
