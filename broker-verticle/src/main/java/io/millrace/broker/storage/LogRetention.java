package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.Segment;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka's rules for what may be removed from the start of a log. Pure but for reading a segment's largest timestamp. */
final class LogRetention {

    private static final Logger LOG = LoggerFactory.getLogger(LogRetention.class);

    private LogRetention() {}

    /** How many of the oldest segments retention gives up. Never the active one, nor one that is not all visible. */
    static int removableCount(PublishedLog log, LogConfig config, long nowMs) {
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

    /**
     * Whether the newest record of a segment is older than {@code retention.ms}. A segment that cannot be read is not: the
     * next look may find a descriptor again, and nothing is lost by then.
     */
    static boolean isExpired(Segment segment, LogConfig config, long nowMs) {
        if (config.retentionMs() < 0) {
            return false;
        }
        try {
            long newestMs = segment.maxTimestamp().timestampMs();
            return nowMs - (newestMs >= 0 ? newestMs : segment.createdMs()) > config.retentionMs();
        } catch (IOException e) {
            LOG.warn("cannot tell the age of {}: {}", segment.path(), e.toString());
            return false;
        }
    }
}
