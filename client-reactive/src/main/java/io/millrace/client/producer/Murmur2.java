package io.millrace.client.producer;

import io.netty.buffer.ByteBuf;

/**
 * The hash by which Kafka's producers choose the partition of a key: 32 bits of MurmurHash2 with a fixed seed, negative
 * numbers made positive. Clients of all languages agree on it, or records of one key would lie in several partitions.
 */
public final class Murmur2 {
    private static final int SEED = 0x9747b28c;
    private static final int MULTIPLIER = 0x5bd1e995;
    private static final int SHIFT = 24;

    private Murmur2() {}

    /**
     * The partition of a key, which lies at {@code at}.
     *
     * @param partitionCount of the topic, at least 1
     */
    public static int partition(ByteBuf bytes, int at, int length, int partitionCount) {
        return (hash(bytes, at, length) & Integer.MAX_VALUE) % partitionCount;
    }

    static int hash(ByteBuf bytes, int start, int length) {
        int at = start;
        int hash = SEED ^ length;
        int wholeEnd = at + (length & ~3);
        for (; at < wholeEnd; at += Integer.BYTES) {
            int word = bytes.getIntLE(at) * MULTIPLIER;
            word ^= word >>> SHIFT;
            hash = (hash * MULTIPLIER) ^ (word * MULTIPLIER);
        }
        int rest = length & 3;
        if (rest > 0) {
            for (int i = rest - 1; i >= 0; i--) {
                hash ^= (bytes.getByte(at + i) & 0xff) << (8 * i);
            }
            hash *= MULTIPLIER;
        }
        hash ^= hash >>> 13;
        hash *= MULTIPLIER;
        return hash ^ (hash >>> 15);
    }
}
