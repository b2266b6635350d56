package io.millrace.broker.storage;

/**
 * What one compaction may take.
 *
 * @param keyBytes memory for the keys that it has seen; if there are more, it stops there and another one goes on
 * @param reservedBytes room on the disk that it leaves for others
 */
public record CompactionLimits(long keyBytes, long reservedBytes) {

    /** Room for the appends of a while. */
    private static final long RESERVED_BYTES = 256L << 20;

    /** What fits a broker with one data folder: as many keys as with Kafka. */
    public static final CompactionLimits DEFAULT = withMemory(128L << 20);

    public static CompactionLimits withMemory(long keyBytes) {
        return new CompactionLimits(keyBytes, RESERVED_BYTES);
    }
}
