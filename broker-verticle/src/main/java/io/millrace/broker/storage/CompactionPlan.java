package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.Segment;
import java.util.List;

/**
 * What a compaction of a log would look at, and whether that is worth it. Segments that it may touch are closed, on the disk,
 * visible, free of open transactions and old enough.
 *
 * @param firstOffset where the part begins that was not compacted yet
 * @param segments the ones that it may touch, oldest first, and one more, which says where they end
 * @param cleanBytes in segments that were compacted
 * @param dirtyBytes in segments that were not, or not to their end
 * @param overdue whether {@code max.compaction.lag.ms} has passed for one of these
 * @param cuts how often the log was cut before
 */
public record CompactionPlan(
        long firstOffset, List<Segment> segments, long cleanBytes, long dirtyBytes, boolean overdue, int cuts) {

    public CompactionPlan {
        segments = List.copyOf(segments);
    }

    /** The part of the log that is not compacted, from 0 to 1. */
    public double dirtyRatio() {
        return dirtyBytes == 0 ? 0 : (double) dirtyBytes / (cleanBytes + dirtyBytes);
    }

    /** Whether a compaction is due. */
    public boolean isDue(CompactionConfig config) {
        return dirtyBytes > 0 && (overdue || dirtyRatio() > config.minDirtyRatio());
    }
}
