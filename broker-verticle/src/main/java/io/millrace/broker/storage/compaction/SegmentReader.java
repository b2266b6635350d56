package io.millrace.broker.storage.compaction;

import io.millrace.broker.storage.CorruptLogException;
import io.millrace.broker.storage.segment.BatchScanner;
import io.millrace.broker.storage.segment.Segment;
import io.millrace.wire.record.InvalidRecordsException;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the batches of closed segments, one segment after the other, with their checksums: what is damaged must not be given
 * a new one. One thread.
 */
final class SegmentReader implements AutoCloseable {

    /** What is done with each batch. */
    @FunctionalInterface
    interface BatchVisitor {
        /**
         * @param batch whole, until the visit ends
         * @return false to see no more of them
         */
        boolean visit(ByteBuf batch) throws IOException;
    }

    private final List<Segment> segments;
    private final long fromOffset;
    private int current;
    private Segment.@Nullable Scan scan;
    private long readBytes;

    /** @param fromOffset batches that end before it are left out */
    SegmentReader(List<Segment> segments, long fromOffset) {
        this.segments = segments;
        this.fromOffset = fromOffset;
    }

    /** Bytes of all batches that were visited. */
    long readBytes() {
        return readBytes;
    }

    /**
     * Visits some more batches.
     *
     * @param bytesMax of batches, at most one more
     * @return false when there are no more
     * @throws CorruptLogException when a batch or what follows it is damaged
     */
    boolean step(int bytesMax, BatchVisitor visitor) throws IOException {
        long end = readBytes + bytesMax;
        while (readBytes < end) {
            Segment.Scan open = open();
            if (open == null) {
                return false;
            }
            if (open.batches().next()) {
                if (!visit(open.batches(), visitor)) {
                    return false;
                }
            } else {
                requireWhole(open.batches());
                close();
                current++;
            }
        }
        return true;
    }

    private Segment.@Nullable Scan open() throws IOException {
        Segment.Scan open = scan;
        if (open == null && current < segments.size()) {
            Segment segment = segments.get(current);
            open = segment.scan(Math.max(fromOffset, segment.baseOffset()), segment.sizeBytes());
            scan = open;
        }
        return open;
    }

    private boolean visit(BatchScanner batches, BatchVisitor visitor) throws IOException {
        if (batches.lastOffset() < fromOffset) {
            return true;
        }
        readBytes += batches.sizeBytes();
        ByteBuf batch = batches.batch();
        if (RecordBatch.crc(batch, 0) != RecordBatch.computeCrc(batch, 0)) {
            throw new CorruptLogException(at(batches) + ": the checksum does not match");
        }
        try {
            return visitor.visit(batch);
        } catch (InvalidRecordsException e) {
            throw new CorruptLogException(at(batches) + ": " + e.getMessage());
        }
    }

    private void requireWhole(BatchScanner batches) throws CorruptLogException {
        if (batches.fault() != null) {
            throw new CorruptLogException(at(batches) + ": " + batches.fault());
        }
    }

    private String at(BatchScanner batches) {
        return segments.get(current) + " at position " + batches.position();
    }

    @Override
    public void close() {
        Segment.Scan open = scan;
        if (open != null) {
            open.close();
            scan = null;
        }
    }
}
