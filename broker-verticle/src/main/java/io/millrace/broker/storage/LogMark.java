package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.Segment;
import org.jspecify.annotations.Nullable;

/**
 * A place in the log up to which bytes were written. The append thread links each new mark behind the last; the commit
 * thread moves along the links as syncs finish. So the end that readers may see always comes with its position in a file,
 * and with the transactions that were open there.
 */
final class LogMark {

    final long endOffset;
    final Segment segment;
    final int endPosition;
    /** First offset of the oldest transaction that is open at this place, or {@link Long#MAX_VALUE}. */
    final long firstOpenOffset;

    volatile @Nullable LogMark next;

    LogMark(long endOffset, Segment segment, int endPosition, long firstOpenOffset) {
        this.endOffset = endOffset;
        this.segment = segment;
        this.endPosition = endPosition;
        this.firstOpenOffset = firstOpenOffset;
    }

    /** The same place without successors. */
    LogMark unlinked() {
        return new LogMark(endOffset, segment, endPosition, firstOpenOffset);
    }
}
