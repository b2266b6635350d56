package io.millrace.wire;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Records in memory. In a message that was read, the buffer is a slice of the frame and not retained: it is then the
 * frame that is to be released, and whoever wants to send these records on retains the buffer first.
 */
public final class BufferRecords implements Records {

    private final ByteBuf buffer;
    private final int sizeBytes;
    private boolean spent;

    /** @param buffer its readable bytes; one reference to it moves here */
    public BufferRecords(ByteBuf buffer) {
        this.buffer = buffer;
        this.sizeBytes = buffer.readableBytes();
    }

    public ByteBuf buffer() {
        return buffer;
    }

    @Override
    public int sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void transferTo(WireWriter out) {
        if (spent) {
            throw new IllegalStateException("these records were transferred or released before");
        }
        out.append(buffer);
        spent = true;
    }

    @Override
    public void release() {
        if (!spent) {
            spent = true;
            buffer.release();
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BufferRecords that && buffer.equals(that.buffer);
    }

    @Override
    public int hashCode() {
        return buffer.hashCode();
    }

    @Override
    public String toString() {
        return "records of " + sizeBytes + " bytes";
    }
}
