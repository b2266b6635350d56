package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.Segment;
import java.io.IOException;

/** Kafka's rules for what may be removed from the start of a log. Pure but for reading a segment's largest timestamp. */
final class LogRetention {

    private LogRetention() {}

    /** How many of the oldest segments retention gives up. Never the active one, nor one that is not all visible. */
    static int removableCount(PublishedLog log, LogConfig config, long nowMs) throws IOException {
        Segment[] segments = log.segments();
        long visibleEnd = log.visible().endOffset;
        long excessBytes = config.retentionBytes() < 0 ? 0 : log.view().sizeBytes() - config.retentionBytes();
        int count = 0;
        while (count < segments.length - 1 && segments[count + 1].baseOffset() <= visibleEnd) {
            Segment segment = segments[count];
            if (!isExpired(segment, config, nowMs) && segment.sizeBytes() > excessBytes) {
                break;
            }
            excessBytes -= segment.sizeBytes();
            count++;
        }
        return count;
    }

    /** Whether the newest record of a segment is older than {@code retention.ms}. */
    static boolean isExpired(Segment segment, LogConfig config, long nowMs) throws IOException {
        if (config.retentionMs() < 0) {
            return false;
        }
        long newestMs = segment.maxTimestamp().timestampMs();
        return nowMs - (newestMs >= 0 ? newestMs : segment.createdMs()) > config.retentionMs();
    }
}
