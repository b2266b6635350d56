package io.millrace.broker.storage;

/**
 * How a log that is compacted is: Kafka's topic keys.
 *
 * @param deleteRetentionMs {@code delete.retention.ms}: so long a deletion stays after it was first compacted
 * @param minLagMs {@code min.compaction.lag.ms}: a segment with a record younger than this is not compacted
 * @param maxLagMs {@code max.compaction.lag.ms}: a segment whose first record is older than this is compacted at once
 * @param minDirtyRatio {@code min.cleanable.dirty.ratio}: otherwise only if a larger part than this was not yet
 */
public record CompactionConfig(long deleteRetentionMs, long minLagMs, long maxLagMs, double minDirtyRatio) {

    /** Kafka's defaults. */
    public static final CompactionConfig DEFAULT = new CompactionConfig(86_400_000, 0, Long.MAX_VALUE, 0.5);
}
