package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Zigzag varints, as records use for every length, delta and count: small values of either sign take few bytes. */
final class Varints {
    static final int MAX_INT_BYTES = 5;
    static final int MAX_LONG_BYTES = 10;

    private Varints() {}

    static int sizeOf(long value) {
        long zigzag = zigzag(value);
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(zigzag) + 6) / 7);
    }

    static void write(OutputStream out, long value) throws IOException {
        long rest = zigzag(value);
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    static void write(ByteBuf out, long value) {
        long rest = zigzag(value);
        while ((rest & ~0x7fL) != 0) {
            out.writeByte((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    /** Reads an int, or throws {@link InvalidRecordsException} if the stream ends or the varint does not. */
    static int readInt(InputStream in) throws IOException {
        int raw = 0;
        for (int i = 0; i < MAX_INT_BYTES; i++) {
            int b = in.read();
            if (b < 0) {
                throw new InvalidRecordsException("records end inside a varint");
            }
            raw |= (b & 0x7f) << (7 * i);
            if (b < 0x80) {
                return unzigzag(raw);
            }
        }
        throw new InvalidRecordsException("varint longer than " + MAX_INT_BYTES + " bytes");
    }

    static int unzigzag(int raw) {
        return (raw >>> 1) ^ -(raw & 1);
    }

    static long unzigzag(long raw) {
        return (raw >>> 1) ^ -(raw & 1);
    }

    private static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }
}
