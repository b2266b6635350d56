package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.Segment;
import io.millrace.broker.storage.segment.TimeProof;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out how old the segments really are that {@code retention.ms} may remove next, where only their index was asked so
 * far. What cannot be found out leaves the segment, and those behind it, where they are. Owned by: checkpoint thread.
 */
final class SegmentAges {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentAges.class);

    private final LogContext context;
    private @Nullable TimeProof proof;
    /** Asked in vain. */
    private @Nullable Segment damaged;

    SegmentAges(LogContext context) {
        this.context = context;
    }

    /** See {@link PartitionLog#readAges}. */
    boolean step(long nowMs, int bytesMax) {
        try {
            Segment next = LogRetention.firstUnproven(context.published, context.config, nowMs);
            return next != null && next != damaged && step(next, bytesMax);
        } catch (IOException e) {
            proof = null;
            if (context.offlineReason() == null) {
                LOG.warn("{}: retention.ms waits, the age of a segment cannot be read", context.id, e);
            }
            return false;
        }
    }

    private boolean step(Segment next, int bytesMax) throws IOException {
        TimeProof current = proof;
        if (current == null || current.segment() != next) {
            current = next.proveTimes();
        }
        proof = current;
        try {
            if (current.step(bytesMax)) {
                proof = null;
            }
            return true;
        } catch (CorruptLogException e) {
            proof = null;
            damaged = next;
            if (Arrays.asList(context.published.segments()).contains(next)) {
                LOG.error("{}: retention.ms does not remove a damaged segment: {}", context.id, e.getMessage());
            }
            return false;
        }
    }
}
