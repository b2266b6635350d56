package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.Segment;
import io.millrace.broker.storage.segment.TimestampOffset;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's rules for what may be removed from the start of a log. Pure, but for {@link #firstUnproven}.
 *
 * <p>A segment is too old only if this process has seen that in its batches: an index has no checksum.
 */
final class LogRetention {

    private LogRetention() {}

    /** How many of the oldest segments retention gives up. Never the active one, nor one that is not all visible. */
    static int removableCount(PublishedLog log, LogConfig config, long nowMs) {
        return removableCount(log, log.segments(), config, nowMs);
    }

    private static int removableCount(PublishedLog log, Segment[] segments, LogConfig config, long nowMs) {
        long excessBytes = config.retentionBytes() < 0 ? 0 : log.view().sizeBytes() - config.retentionBytes();
        int count = 0;
        while (isClosed(log, segments, count)) {
            Segment segment = segments[count];
            if (!isExpired(segment, config, nowMs) && segment.sizeBytes() > excessBytes) {
                break;
            }
            excessBytes -= segment.sizeBytes();
            count++;
        }
        return count;
    }

    private static boolean isClosed(PublishedLog log, Segment[] segments, int at) {
        return at < segments.length - 1 && segments[at + 1].baseOffset() <= log.visible().endOffset;
    }

    /** Whether the newest record of a segment is older than {@code retention.ms}, for all that was seen of it. */
    static boolean isExpired(Segment segment, LogConfig config, long nowMs) {
        TimestampOffset newest = segment.seenMaxTimestamp();
        return config.retentionMs() >= 0 && newest != null && ageMs(segment, newest, nowMs) > config.retentionMs();
    }

    /**
     * The segment that retention would look at next, if its index, which nobody has checked, lets it seem too old, or newer
     * than now: that would keep it for ever. Any thread; may read the index.
     */
    static @Nullable Segment firstUnproven(PublishedLog log, LogConfig config, long nowMs) throws IOException {
        Segment[] segments = log.segments();
        int first = removableCount(log, segments, config, nowMs);
        if (!config.deletes() || config.retentionMs() < 0 || !isClosed(log, segments, first)) {
            return null;
        }
        Segment segment = segments[first];
        if (segment.seenMaxTimestamp() != null) {
            return null;
        }
        long ageMs = ageMs(segment, segment.maxTimestamp(), nowMs);
        return ageMs < 0 || ageMs > config.retentionMs() ? segment : null;
    }

    private static long ageMs(Segment segment, TimestampOffset newest, long nowMs) {
        return nowMs - (newest.timestampMs() >= 0 ? newest.timestampMs() : segment.createdMs());
    }
}
