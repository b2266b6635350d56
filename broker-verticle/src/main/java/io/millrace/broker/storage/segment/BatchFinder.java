package io.millrace.broker.storage.segment;

import io.millrace.broker.storage.ByteSource;
import io.millrace.broker.storage.CorruptLogException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds batches of one segment by their offsets: in memory, else with the index. Any thread. */
final class BatchFinder {

    private static final Logger LOG = LoggerFactory.getLogger(BatchFinder.class);

    private final SharedFile log;
    private final OffsetIndex offsets;
    private final long baseOffset;

    BatchFinder(SharedFile log, OffsetIndex offsets, long baseOffset) {
        this.log = log;
        this.offsets = offsets;
        this.baseOffset = baseOffset;
    }

    /** See {@link Segment#locate}. */
    Segment.@Nullable Located locate(SegmentTail tail, OpenFile open, long offset, int limit) throws IOException {
        SegmentBytes bytes = new SegmentBytes(open, tail);
        int held = tail.positionBefore(offset);
        BatchScanner scanner = held >= 0
                ? new BatchScanner(bytes, held, limit, baseOffset, BatchScanner.LOOKUP_WINDOW_BYTES)
                : scannerBefore(bytes, offset, limit, BatchScanner.LOOKUP_WINDOW_BYTES);
        Segment.Located found = walk(scanner, offset);
        if (scanner.fault() != null) {
            throw new CorruptLogException(log + " at " + scanner.position() + ": " + scanner.fault());
        }
        return found;
    }

    /** See {@link Segment#locateHeld}. */
    Segment.@Nullable Located locateHeld(SegmentTail tail, long offset, int limit) {
        int held = tail.positionBefore(offset);
        if (held < 0) {
            return null;
        }
        HeldBytes bytes = new HeldBytes(log.path(), tail);
        try {
            return walk(new BatchScanner(bytes, held, limit, baseOffset, BatchScanner.LOOKUP_WINDOW_BYTES), offset);
        } catch (IOException pageIsGone) {
            return null; // given up while we looked: its bytes are in the file
        }
    }

    private static Segment.@Nullable Located walk(BatchScanner scanner, long offset) throws IOException {
        while (scanner.next()) {
            if (scanner.lastOffset() >= offset) {
                return new Segment.Located(
                        scanner.position(),
                        scanner.sizeBytes(),
                        scanner.baseOffset(),
                        scanner.lastOffset(),
                        scanner.leaderEpoch());
            }
        }
        return null;
    }

    /** A scanner that starts where the index says, if the batch there is the one it means; else at the segment's start. */
    BatchScanner scannerBefore(SegmentBytes bytes, long offset, int limit, int windowBytes) {
        String reason;
        try {
            OffsetIndex.Entry entry = offsets.lookup(offset);
            int position = entry.position();
            BatchScanner there = new BatchScanner(bytes, Math.max(0, position), limit, baseOffset, windowBytes);
            if (position == 0 || (position > 0 && position < limit && there.isAt(entry.offset()))) {
                return there;
            }
            reason = "it points to " + entry.position() + " for offset " + entry.offset();
        } catch (IOException e) {
            reason = e.toString();
        }
        LOG.warn("index of {} cannot be used, searching the segment from its start: {}", log, reason);
        return new BatchScanner(bytes, 0, limit, baseOffset, windowBytes);
    }

    /** What a segment has in memory, which ends where the memory does. */
    private record HeldBytes(Path path, SegmentTail tail) implements ByteSource {
        @Override
        public int read(ByteBuffer dst, long position) {
            int count = tail.read(dst, (int) position);
            return count > 0 ? count : -1;
        }
    }
}
