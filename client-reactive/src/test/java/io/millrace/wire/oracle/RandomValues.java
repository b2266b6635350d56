package io.millrace.wire.oracle;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.UUID;

/** Random primitives that are often the ones where codecs fail: the ends of the range, empty, long, not ASCII. */
final class RandomValues {

    private static final int STRING_BYTES_MAX = Short.MAX_VALUE;
    private static final String[] STRINGS = {
        "", "a", "topic-1", "x".repeat(127), "y".repeat(128), "z".repeat(STRING_BYTES_MAX), "é√\uD83C\uDF0A", "\u0000"
    };
    private static final long[] LONGS = {
        0, 1, -1, 127, 128, 0x7fff, 0x8000, Integer.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE
    };

    private final Random random;

    RandomValues(Random random) {
        this.random = random;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** How many elements or bytes: mostly few. */
    int count(int max) {
        return chance(0.2) ? 0 : random.nextInt(max) + 1;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    long nextLong() {
        return chance(0.5) ? LONGS[random.nextInt(LONGS.length)] : random.nextLong();
    }

    int nextInt() {
        return chance(0.1) ? Integer.MIN_VALUE : (int) nextLong();
    }

    short nextShort() {
        return chance(0.1) ? Short.MIN_VALUE : (short) nextLong();
    }

    int nextUnsignedShort() {
        return nextShort() & 0xffff;
    }

    long nextUnsignedInt() {
        return nextInt() & 0xffffffffL;
    }

    byte nextByte() {
        return (byte) nextLong();
    }

    double nextDouble() {
        return chance(0.2) ? Double.NEGATIVE_INFINITY : random.nextGaussian();
    }

    UUID nextUuid() {
        return chance(0.3) ? new UUID(0, 0) : new UUID(random.nextLong(), random.nextLong());
    }

    String nextString() {
        // The longest string is rare: there may be hundreds of strings in one message.
        int index = random.nextInt(chance(0.02) ? STRINGS.length : 4);
        return chance(0.3) ? STRINGS[6 + random.nextInt(2)] : STRINGS[index];
    }

    ByteBuffer nextBytes() {
        byte[] bytes = new byte[count(chance(0.1) ? 300 : 20)];
        random.nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }
}
