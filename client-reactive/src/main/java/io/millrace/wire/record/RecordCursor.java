package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;

/**
 * A position that moves through record bytes and never past their end: what lies there may be anything, so every step
 * that does not fit throws {@link InvalidRecordsException}. Does not touch the buffer's own indices.
 */
final class RecordCursor {
    private ByteBuf buf;
    private int position;
    private int end;

    RecordCursor(ByteBuf buf, int start, int end) {
        this.buf = buf;
        this.position = start;
        this.end = end;
    }

    void reset(ByteBuf buf, int start, int end) {
        this.buf = buf;
        this.position = start;
        this.end = end;
    }

    int position() {
        return position;
    }

    int remaining() {
        return end - position;
    }

    byte readByte() {
        if (position >= end) {
            throw new InvalidRecordsException("record ends too early");
        }
        return buf.getByte(position++);
    }

    int readVarint() {
        int raw = 0;
        for (int i = 0; i < Varints.MAX_INT_BYTES; i++) {
            byte b = readByte();
            raw |= (b & 0x7f) << (7 * i);
            if (b >= 0) {
                return Varints.unzigzag(raw);
            }
        }
        throw new InvalidRecordsException("varint longer than " + Varints.MAX_INT_BYTES + " bytes");
    }

    long readVarlong() {
        long raw = 0;
        for (int i = 0; i < Varints.MAX_LONG_BYTES; i++) {
            byte b = readByte();
            raw |= (b & 0x7fL) << (7 * i);
            if (b >= 0) {
                return Varints.unzigzag(raw);
            }
        }
        throw new InvalidRecordsException("varint longer than " + Varints.MAX_LONG_BYTES + " bytes");
    }

    void skip(int count) {
        if (count < 0 || count > remaining()) {
            throw new InvalidRecordsException("a field of " + count + " bytes where " + remaining() + " are left");
        }
        position += count;
    }
}
