package io.millrace.perf.load;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** The time at which a record should have been sent, in its first bytes; behind it is what does not compress to nothing. */
final class Stamp {
    static final int BYTES = Long.BYTES;

    private Stamp() {}

    /** Letters, as {@code ProducerPerformance} sends. */
    static byte[] payload(int bytes) {
        SplittableRandom random = new SplittableRandom(0);
        byte[] payload = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            payload[i] = (byte) ('A' + random.nextInt(26));
        }
        return payload;
    }

    /** A copy of the payload with that time. */
    static byte[] write(byte[] payload, long nanos) {
        byte[] copy = payload.clone();
        ByteBuffer.wrap(copy).putLong(nanos);
        return copy;
    }

    static long read(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }
}
