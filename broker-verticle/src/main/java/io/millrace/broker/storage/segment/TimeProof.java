package io.millrace.broker.storage.segment;

import io.millrace.broker.storage.CorruptLogException;
import java.io.IOException;

/**
 * Finds the largest timestamp of a segment that was taken up from the disk, a piece at a time.
 *
 * <p>The last entry of the time index says where to begin, if the batch that it names has that offset and timestamp; all
 * batches from there on are looked at, because entries behind it may be lost. Otherwise the whole segment is. One thread.
 */
public final class TimeProof {

    private final Segment segment;
    private final int limit;
    private final TimestampOffset entry;
    private boolean begun;
    /** Whether all batches were looked at, or the one that the entry names was as the entry says. */
    private boolean wellBegun;

    private int position;
    private long nextOffset;
    private TimestampOffset max = TimestampOffset.NONE;

    TimeProof(Segment segment) {
        this.segment = segment;
        this.limit = segment.sizeBytes();
        this.entry = segment.lastTimeEntry();
    }

    public Segment segment() {
        return segment;
    }

    /**
     * Looks at the headers of some more batches.
     *
     * @param bytesMax bytes of the segment to walk over, at most one batch more
     * @return true when the segment knows its largest timestamp now, and this is done
     * @throws CorruptLogException when the batches cannot be followed up to the end: nobody can know
     */
    public boolean step(int bytesMax) throws IOException {
        try (Segment.Scan scan = begun ? segment.scanAt(position, nextOffset, limit) : begin()) {
            BatchScanner batches = scan.batches();
            long end = Math.min(limit, batches.endPosition() + (long) bytesMax);
            while (batches.endPosition() < end && batches.next()) {
                note(batches);
            }
            if (batches.fault() != null) {
                throw new CorruptLogException(segment + " at " + batches.position() + ": " + batches.fault());
            }
            position = batches.endPosition();
        }
        if (!wellBegun && (nextOffset > entry.offset() || position == limit)) {
            beginAgain();
            return false;
        }
        if (position < limit) {
            return false;
        }
        if (segment.sizeBytes() == limit) { // else it was cut meanwhile, and the cut has looked
            segment.onTimesSeen(max);
        }
        return true;
    }

    /** All steps at once. */
    public void run() throws IOException {
        boolean done = false;
        while (!done) {
            done = step(Integer.MAX_VALUE); // at most twice
        }
    }

    private Segment.Scan begin() throws IOException {
        nextOffset = segment.baseOffset();
        Segment.Scan scan = segment.scan(Math.max(entry.offset(), segment.baseOffset()), limit);
        wellBegun = scan.batches().endPosition() == 0;
        begun = true;
        return scan;
    }

    private void beginAgain() {
        position = 0;
        nextOffset = segment.baseOffset();
        max = TimestampOffset.NONE;
        wellBegun = true;
    }

    private void note(BatchScanner batches) {
        long offset = batches.lastOffset();
        long timestampMs = batches.maxTimestampMs();
        wellBegun |= offset == entry.offset() && timestampMs == entry.timestampMs();
        if (timestampMs > max.timestampMs()) {
            max = new TimestampOffset(timestampMs, offset);
        }
        nextOffset = offset + 1;
    }
}
