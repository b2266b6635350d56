package io.millrace.broker.storage.compaction;

import io.millrace.broker.storage.segment.Segment;
import io.millrace.broker.storage.segment.SegmentSync;
import io.millrace.wire.record.BatchFilter;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Second pass of a compaction, for segments that become one: writes what survives of them into a new one. One thread.
 *
 * <p>The new one ends where the old ones did. If no batch survives there, a placeholder does: so a segment always says up to
 * where it goes, recovery takes no compacted log for one with a hole, and nobody waits for the offsets that are gone.
 */
public final class SegmentCopy implements AutoCloseable {

    /** Written bytes are synced this often: many at once would hold up the journal on the same disk. */
    private static final int SYNC_BYTES = 2 << 20;

    /** At once: NIO takes as much memory outside the heap. */
    private static final int WRITE_BYTES = 256 << 10;

    private final List<Segment> sources;
    private final long endOffset;
    private final Survivors survivors;
    private final Segment target;
    private final int indexIntervalBytes;
    private final SegmentReader reader;
    private final ByteBuf pending = Unpooled.buffer();
    private final long sourceBytes;

    private long nextOffset;
    private int lastLeaderEpoch = RecordBatch.NO_LEADER_EPOCH;
    private long lastTimestampMs = RecordBatch.NO_TIMESTAMP;
    private boolean changed;
    private long writtenBytes;
    private long unsyncedBytes;

    /**
     * @param sources consecutive ones
     * @param endOffset where the next segment begins
     * @param target empty; the caller's
     */
    public SegmentCopy(
            List<Segment> sources, long endOffset, Survivors survivors, Segment target, int indexIntervalBytes) {
        this.sources = List.copyOf(sources);
        this.endOffset = endOffset;
        this.survivors = survivors;
        this.target = target;
        this.indexIntervalBytes = indexIntervalBytes;
        this.reader = new SegmentReader(sources, sources.get(0).baseOffset());
        this.nextOffset = sources.get(0).baseOffset();
        this.sourceBytes = sources.stream().mapToLong(Segment::sizeBytes).sum();
    }

    public List<Segment> sources() {
        return sources;
    }

    public Segment target() {
        return target;
    }

    /** Copies some more. False when all is in the target, which is sealed and synced then. */
    public boolean step(int bytesMax) throws IOException {
        boolean more = reader.step(bytesMax, this::copy);
        if (!more) {
            end();
        }
        write();
        if (!more) {
            target.seal();
        }
        if (!more || unsyncedBytes >= SYNC_BYTES) {
            sync();
        }
        return more;
    }

    public long readBytes() {
        return reader.readBytes();
    }

    public long writtenBytes() {
        return writtenBytes;
    }

    /** Once done: whether the target is worth to take the place of its sources. */
    public boolean isWorthIt() {
        return target.sizeBytes() > 0 && (changed || sources.size() > 1);
    }

    @SuppressWarnings("ReferenceEquality") // whether it is a new buffer, which is to be released
    private boolean copy(ByteBuf batch) throws IOException {
        lastLeaderEpoch = RecordBatch.partitionLeaderEpoch(batch, 0);
        lastTimestampMs = RecordBatch.maxTimestamp(batch, 0);
        ByteBuf rest = survivors.of(batch, growthMax(batch.readableBytes()));
        if (rest == null) {
            changed |= RecordBatch.lastOffset(batch, 0) + 1 < endOffset || RecordBatch.recordCount(batch, 0) > 0;
            return true;
        }
        try {
            changed |= rest != batch;
            add(rest);
        } finally {
            if (rest != batch) {
                rest.release();
            }
        }
        return true;
    }

    /** A file has no position beyond an int: then what is larger than before has to fit in what others have left. */
    private int growthMax(int batchBytes) {
        long room = Integer.MAX_VALUE - RecordBatch.HEADER_SIZE - sourceBytes;
        long left = reader.readBytes() - batchBytes - writtenBytes - pending.readableBytes();
        return (int) Math.max(0, Math.min(room + left, Integer.MAX_VALUE));
    }

    private void end() throws IOException {
        if (reader.readBytes() > 0 && nextOffset < endOffset) {
            ByteBuf placeholder =
                    BatchFilter.placeholder(Survivors.HEAP, endOffset - 1, lastLeaderEpoch, lastTimestampMs);
            try {
                add(placeholder);
            } finally {
                placeholder.release();
            }
        }
    }

    private void add(ByteBuf batch) throws IOException {
        int size = batch.readableBytes();
        long timestampMs = RecordBatch.recordCount(batch, 0) == 0
                ? RecordBatch.NO_TIMESTAMP // there is no record to find by it
                : RecordBatch.maxTimestamp(batch, 0);
        target.stage(
                new Segment.BatchSpan(
                        RecordBatch.baseOffset(batch, 0), RecordBatch.lastOffset(batch, 0), size, timestampMs),
                indexIntervalBytes);
        pending.writeBytes(batch, 0, size);
        nextOffset = RecordBatch.lastOffset(batch, 0) + 1;
    }

    private void write() throws IOException {
        int size = pending.readableBytes();
        for (int from = 0; from < size; from += WRITE_BYTES) {
            int count = Math.min(WRITE_BYTES, size - from);
            target.write(new ByteBuffer[] {pending.nioBuffer(from, count)}, null);
        }
        pending.clear();
        writtenBytes += size;
        unsyncedBytes += size;
    }

    private void sync() throws IOException {
        SegmentSync sync = target.beginSync();
        if (sync != null) {
            sync.run();
        }
        unsyncedBytes = 0;
    }

    /** Gives the sources back. */
    @Override
    public void close() {
        reader.close();
        pending.release();
    }
}
