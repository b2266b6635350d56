package io.millrace.broker.storage.segment;

import io.millrace.broker.storage.CorruptLogException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of a log with its two indexes. Offsets from the base offset on, up to the next segment's base.
 *
 * <p>The log's owner appends to the newest segment and seals it when the next one begins. Readers pass the position up to
 * which they may look. An index is never trusted: the batch that it points to must have the offset that it says, or the
 * segment is searched from its start.
 */
public final class Segment {

    private static final Logger LOG = LoggerFactory.getLogger(Segment.class);

    /** A segment of this much more than two index intervals must have entries, unless its batches are huge. */
    private static final int SMALL_BATCHES_BYTES = 4 << 20;

    /** A batch found by a lookup. */
    public record Located(int position, int sizeBytes, long baseOffset, long lastOffset, int leaderEpoch) {}

    /** What an append tells the segment about one batch. */
    public record BatchSpan(long baseOffset, long lastOffset, int sizeBytes, long maxTimestampMs) {}

    private final long baseOffset;
    private final SegmentFiles files;
    private final SharedFile log;
    private final OffsetIndex offsets;
    private final TimeIndex times;
    private final BatchFinder finder;
    private final long createdMs;

    /** Replaced when the segment is cut. */
    private volatile SegmentTail tail;
    /** Bytes in the file or held for it. Written by the owner after the bytes are. */
    private volatile int sizeBytes;
    /** Largest timestamp; null until somebody asks a segment that was opened sealed. First set under the lock of this. */
    private volatile @Nullable TimestampOffset maxTimestamp;
    /** Whether it is what the batches say, seen by this process; else it is what the index says. Set after it. */
    private volatile boolean timesSeen;

    /** Owner only: bytes that have a place in this segment, written or not. */
    private int stagedEnd;

    private int bytesSinceIndexEntry;
    private long firstTimestampMs = -1;
    private volatile boolean indexesNeedSync;

    private Segment(SegmentFiles files, int sizeBytes, long createdMs) throws IOException {
        this.baseOffset = files.baseOffset();
        this.files = files;
        this.log = files.log();
        this.offsets = new OffsetIndex(
                files.offsetIndex(), baseOffset, (int) (files.offsetIndex().sizeOnDisk() / OffsetIndex.ENTRY_BYTES));
        this.times = new TimeIndex(
                files.timeIndex(), baseOffset, (int) (files.timeIndex().sizeOnDisk() / TimeIndex.ENTRY_BYTES));
        this.finder = new BatchFinder(log, offsets, baseOffset);
        this.tail = new SegmentTail(log, sizeBytes);
        this.sizeBytes = sizeBytes;
        this.stagedEnd = sizeBytes;
        this.createdMs = createdMs;
    }

    /** Starts an empty segment. Index files of an earlier life that have the same base are removed. */
    public static Segment create(OpenFiles openFiles, Path directory, long baseOffset, long nowMs) throws IOException {
        return create(openFiles, SegmentFiles.of(openFiles, directory, baseOffset, ""), nowMs);
    }

    /**
     * Starts an empty segment for what compaction leaves of others, under names that recovery removes.
     *
     * @param createdMs of the newest of them
     */
    public static Segment createCleaned(OpenFiles openFiles, Path directory, long baseOffset, long createdMs)
            throws IOException {
        SegmentFiles files = SegmentFiles.of(openFiles, directory, baseOffset, SegmentFiles.CLEANED);
        openFiles.store().delete(files.log().path());
        return create(openFiles, files, createdMs);
    }

    private static Segment create(OpenFiles openFiles, SegmentFiles files, long nowMs) throws IOException {
        openFiles.store().delete(files.offsetIndex().path());
        openFiles.store().delete(files.timeIndex().path());
        files.log().acquireOrCreate().release();
        Segment segment = new Segment(files, 0, nowMs);
        segment.onTimesSeen(TimestampOffset.NONE);
        return segment;
    }

    /** Takes up a segment that is on disk; reads only the sizes of its files. */
    public static Segment open(OpenFiles openFiles, Path directory, long baseOffset, long nowMs) throws IOException {
        SegmentFiles files = SegmentFiles.of(openFiles, directory, baseOffset, "");
        long size = files.log().sizeOnDisk();
        if (size > Integer.MAX_VALUE) {
            throw new CorruptLogException(files.log() + " has " + size + " bytes, more than a segment can have");
        }
        return new Segment(files, (int) size, nowMs);
    }

    public long baseOffset() {
        return baseOffset;
    }

    public Path path() {
        return log.path();
    }

    public SegmentFiles files() {
        return files;
    }

    /** Bytes that can be read, from the file or from memory. */
    public int sizeBytes() {
        return sizeBytes;
    }

    /** When the segment was begun, or taken up after a start. */
    public long createdMs() {
        return createdMs;
    }

    // ---- the owner ----

    /** Bytes that can be read and staged ones. */
    public int stagedEnd() {
        return stagedEnd;
    }

    /** Gives a batch its place behind what is staged, and the indexes their entries. */
    public void stage(BatchSpan batch, int indexIntervalBytes) throws IOException {
        tail.noteBatch(batch.baseOffset(), stagedEnd);
        index(batch, indexIntervalBytes);
    }

    private void index(BatchSpan batch, int indexIntervalBytes) throws IOException {
        TimestampOffset max = maxTimestamp();
        if (batch.maxTimestampMs() > max.timestampMs()) {
            max = new TimestampOffset(batch.maxTimestampMs(), batch.lastOffset());
            maxTimestamp = max;
        }
        if (firstTimestampMs < 0) {
            firstTimestampMs = batch.maxTimestampMs();
        }
        if (bytesSinceIndexEntry > indexIntervalBytes) {
            offsets.append(batch.lastOffset(), stagedEnd);
            times.append(max);
            bytesSinceIndexEntry = 0;
        }
        stagedEnd += batch.sizeBytes();
        bytesSinceIndexEntry += batch.sizeBytes();
    }

    /**
     * Takes in what was staged since the last write, all of it. Large pieces go to the file, the rest waits.
     *
     * @param memory where it waits; null to have it in the file at once, and to hold nothing
     */
    public void write(ByteBuffer[] staged, @Nullable TailMemory memory) throws IOException {
        tail.append(staged, memory);
        tail.writePieces();
        sizeBytes = stagedEnd;
    }

    /** Brings what waits in memory into the file. */
    public void writeAll() throws IOException {
        tail.writeAll();
    }

    /** How many bytes do. */
    public int unwrittenBytes() {
        return tail.unwrittenBytes();
    }

    /** Whether the next batch should begin a new segment. */
    public boolean isFull(RollLimits limits, BatchSpan next, long nowMs) {
        return stagedEnd > 0
                && (stagedEnd > limits.segmentBytes() - next.sizeBytes()
                        || ageMs(next.maxTimestampMs(), nowMs) > limits.segmentMs()
                        || offsets.sizeBytes() > limits.indexBytes() - OffsetIndex.ENTRY_BYTES
                        || times.sizeBytes() > limits.indexBytes() - TimeIndex.ENTRY_BYTES
                        || next.lastOffset() - baseOffset > Integer.MAX_VALUE);
    }

    /** Milliseconds that the segment has been open: by its records' time where they have one, as Kafka counts. */
    public long ageMs(long newestTimestampMs, long nowMs) {
        return firstTimestampMs >= 0 && newestTimestampMs >= 0
                ? newestTimestampMs - firstTimestampMs
                : nowMs - createdMs;
    }

    /** Ends appending: both indexes go to their files, with a last entry for the largest timestamp. */
    public void seal() throws IOException {
        tail.writeAll();
        times.append(maxTimestamp());
        offsets.seal();
        times.seal();
        indexesNeedSync = true;
    }

    /** Writes the indexes of the newest segment, so that the next start need not search it. */
    public void writeIndexes() throws IOException {
        times.append(maxTimestamp());
        offsets.flush();
        times.flush();
    }

    public boolean isDirty() {
        return log.isDirty() || indexesNeedSync;
    }

    /**
     * Starts a sync that any thread may finish: bytes written after this call are the next checkpoint's.
     *
     * @return null when there is nothing to sync
     */
    public @Nullable SegmentSync beginSync() throws IOException {
        tail.writeAll();
        if (!isDirty()) {
            return null;
        }
        SegmentSync sync =
                new SegmentSync(log.acquire(), indexesNeedSync ? offsets : null, indexesNeedSync ? times : null);
        log.markClean();
        indexesNeedSync = false;
        return sync;
    }

    /**
     * Cuts the file and its indexes: the batch at this position has this base offset. Reads the batches behind the last index
     * entry that is left, because none of the entries tells their timestamps.
     */
    public void truncateTo(int position, long offset) throws IOException {
        cut(position);
        offsets.truncateTo(offset);
        times.truncateTo(offset);
        stagedEnd = position;
        bytesSinceIndexEntry = 0;
        if (position == 0) {
            firstTimestampMs = -1;
        }
        proveTimes().run();
    }

    /** Removes the files for good. */
    public void delete() throws IOException {
        tail.close();
        files.delete();
    }

    /** Closes the files; slices that were handed out keep theirs. */
    public void close() {
        tail.close();
        files.all().forEach(SharedFile::close);
    }

    private void cut(int position) throws IOException {
        tail.writeAll();
        tail.close();
        OpenFile open = log.acquire();
        try {
            log.markDirty();
            open.file().truncate(position);
        } finally {
            open.release();
        }
        tail = new SegmentTail(log, position);
        sizeBytes = position;
    }

    // ---- recovery, before the log is published ----

    /** Whether the index files are there, and not empty where the segment is long. Looks only at sizes. */
    public boolean hasIndexes(int indexIntervalBytes) throws IOException {
        boolean expectsEntries = sizeBytes > 2L * indexIntervalBytes + SMALL_BATCHES_BYTES;
        return offsets.file().exists()
                && times.file().exists()
                && (!expectsEntries || (offsets.count() > 0 && times.count() > 0));
    }

    /** Whether the index files can be searched; reads all of them. */
    public boolean hasOrderedIndexes() throws IOException {
        return offsets.file().exists() && times.file().exists() && offsets.isOrdered() && times.isOrdered();
    }

    /**
     * The offset from which the largest timestamp is not known from the time index.
     *
     * @return -1 when the last entry is not what the batch says that it names
     */
    public long timesKnownTo() throws IOException {
        TimestampOffset last = times.last();
        if (last.equals(TimestampOffset.NONE)) {
            return baseOffset;
        }
        if (last.offset() < baseOffset) {
            return -1;
        }
        OpenFile open = log.acquire();
        try {
            BatchScanner batches =
                    finder.scannerBefore(bytes(open), last.offset(), sizeBytes, BatchScanner.LOOKUP_WINDOW_BYTES);
            boolean isThere = batches.next();
            while (isThere && batches.lastOffset() < last.offset()) {
                isThere = batches.next();
            }
            return isThere && batches.lastOffset() == last.offset() && batches.maxTimestampMs() == last.timestampMs()
                    ? last.offset()
                    : -1;
        } finally {
            open.release();
        }
    }

    /** A scanner of the batches from the last one at or before an offset that the index knows. The caller releases the file. */
    public Scan scan(long fromOffset, int limit) throws IOException {
        OpenFile open = log.acquire();
        try {
            return new Scan(open, finder.scannerBefore(bytes(open), fromOffset, limit, BatchScanner.SCAN_WINDOW_BYTES));
        } catch (RuntimeException e) {
            open.release();
            throw e;
        }
    }

    /** A scanner of the batches from a position on, where one begins. The caller releases the file. */
    Scan scanAt(int position, long firstOffset, int limit) throws IOException {
        OpenFile open = log.acquire();
        return new Scan(
                open, new BatchScanner(bytes(open), position, limit, firstOffset, BatchScanner.SCAN_WINDOW_BYTES));
    }

    /** A scanner that holds the file of its segment. */
    public record Scan(OpenFile open, BatchScanner batches) implements AutoCloseable {
        @Override
        public void close() {
            open.release();
        }
    }

    /** Empties the index files, to be filled again by {@link #reindex}. */
    public void dropIndexes() throws IOException {
        offsets.clear();
        times.clear();
        maxTimestamp = TimestampOffset.NONE;
        bytesSinceIndexEntry = 0;
    }

    /** Drops the index entries from an offset on, which {@link #reindex} adds again. */
    public void truncateIndexes(long offset) throws IOException {
        offsets.truncateTo(offset);
        times.truncateTo(offset);
        maxTimestamp = times.last();
        bytesSinceIndexEntry = 0;
    }

    /** Gives a batch that is on disk already its index entry, if one is due. */
    public void reindex(BatchScanner batch, int indexIntervalBytes) throws IOException {
        stagedEnd = batch.position();
        index(
                new BatchSpan(batch.baseOffset(), batch.lastOffset(), batch.sizeBytes(), batch.maxTimestampMs()),
                indexIntervalBytes);
    }

    /** Ends recovery: what lies behind this position is cut off. */
    public void endRecovery(int endPosition, boolean needsSync) throws IOException {
        if (endPosition < sizeBytes) {
            cut(endPosition);
            indexesNeedSync = true;
        }
        stagedEnd = endPosition;
        if (needsSync) {
            log.markDirty();
        }
        timesSeen = true;
    }

    /** Reads the timestamp that the age of the segment counts from. */
    public void readFirstTimestamp() throws IOException {
        firstTimestampMs = firstBatchTimestampMs();
    }

    // ---- any thread ----

    /** Whether reading from an offset on needs nothing but memory. */
    public boolean holds(long offset) {
        return tail.positionBefore(offset) >= 0;
    }

    /** The first batch whose last offset is at least the given one; null when there is none before the limit. */
    public @Nullable Located locate(long offset, int limit) throws IOException {
        OpenFile open = log.acquire();
        try {
            return finder.locate(tail, open, offset, limit);
        } finally {
            open.release();
        }
    }

    /** The same from memory alone; null also when that has not all that it takes to tell. */
    public @Nullable Located locateHeld(long offset, int limit) {
        return finder.locateHeld(tail, offset, limit);
    }

    /** A slice that begins with a batch that was located. */
    public SegmentRecords slice(Located first, int size) throws IOException {
        return new SegmentRecords(log.acquire(), tail, first.position(), size, first.baseOffset());
    }

    /** The same, unless the file has to be opened for it. */
    public @Nullable SegmentRecords sliceIfOpen(Located first, int size) {
        OpenFile open = log.acquireIfOpen();
        return open == null ? null : new SegmentRecords(open, tail, first.position(), size, first.baseOffset());
    }

    /**
     * Largest timestamp of the segment, read from the time index the first time that it is asked for: good enough to search by,
     * not to delete by.
     */
    public TimestampOffset maxTimestamp() throws IOException {
        TimestampOffset max = maxTimestamp;
        return max == null ? readMaxTimestamp() : max;
    }

    private synchronized TimestampOffset readMaxTimestamp() throws IOException {
        TimestampOffset max = maxTimestamp;
        if (max == null) {
            max = times.last();
            maxTimestamp = max;
        }
        return max;
    }

    /** Largest timestamp of the segment as its batches have it, or null before {@link TimeProof} has looked at them. */
    public @Nullable TimestampOffset seenMaxTimestamp() {
        return timesSeen ? maxTimestamp : null;
    }

    /** Largest timestamp of the first batch, -1 when there is none. Reads the disk. */
    public long firstBatchTimestampMs() throws IOException {
        OpenFile open = log.acquire();
        try {
            BatchScanner first =
                    new BatchScanner(bytes(open), 0, sizeBytes, baseOffset, BatchScanner.LOOKUP_WINDOW_BYTES);
            return first.next() ? first.maxTimestampMs() : -1;
        } finally {
            open.release();
        }
    }

    /** Bytes of the larger one of its indexes. */
    public int indexBytes() {
        return Math.max(offsets.sizeBytes(), times.sizeBytes());
    }

    /** Begins to look for the largest timestamp in the batches. Of a sealed segment. */
    public TimeProof proveTimes() {
        return new TimeProof(this);
    }

    synchronized void onTimesSeen(TimestampOffset max) {
        maxTimestamp = max;
        timesSeen = true;
    }

    /** The last entry of the time index; NONE also when it cannot be read, because nothing is believed without a look. */
    TimestampOffset lastTimeEntry() {
        try {
            return times.last();
        } catch (IOException e) {
            LOG.warn("time index of {} cannot be read, looking at all batches: {}", log, e.toString());
            return TimestampOffset.NONE;
        }
    }

    /** A scanner that starts no later than the first batch with a timestamp of at least the given one. */
    public Scan scanFromTimestamp(long timestampMs, int limit) throws IOException {
        TimestampOffset entry = times.lookup(timestampMs - 1);
        return scan(Math.max(entry.offset(), baseOffset), limit);
    }

    @Override
    public String toString() {
        return log.toString();
    }

    private SegmentBytes bytes(OpenFile open) {
        return new SegmentBytes(open, tail);
    }
}
