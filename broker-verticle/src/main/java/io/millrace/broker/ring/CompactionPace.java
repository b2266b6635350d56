package io.millrace.broker.ring;

/**
 * How hard a shard works at compaction.
 *
 * @param enabled whether at all
 * @param bytesPerSecond that it reads and writes at most, on average
 * @param idleMs how long it rests when there is nothing to do
 */
public record CompactionPace(boolean enabled, double bytesPerSecond, long idleMs) {

    /** Nothing is compacted. */
    public static final CompactionPace NONE = new CompactionPace(false, 1, 1);
}
