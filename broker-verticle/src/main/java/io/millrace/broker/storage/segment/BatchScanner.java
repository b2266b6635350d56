package io.millrace.broker.storage.segment;

import io.millrace.broker.storage.ByteSource;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the batches of a file, header by header, through a window of it. Trusts nothing: it stops at the first bytes
 * that cannot be a batch and says what is wrong with them. One thread, for the time that the file is held open.
 */
public final class BatchScanner {

    /** A window for one lookup: the headers of a few small batches. */
    static final int LOOKUP_WINDOW_BYTES = 2 << 10;

    /** A window for reading a whole segment. */
    static final int SCAN_WINDOW_BYTES = 256 << 10;

    private final ByteSource file;
    private final int limit;
    private final ByteBuf window;
    private final ByteBuffer windowBuffer;

    private long windowStart;
    private int windowSize;

    /** Offsets must be at least this. */
    private long nextOffset;

    private int nextPosition;
    private int position;
    private int sizeBytes;
    private @Nullable String fault;
    private boolean cutShort;

    /**
     * @param from position of a batch
     * @param limit position that no batch may pass
     * @param firstOffset offsets below it are a fault
     */
    public BatchScanner(ByteSource file, int from, int limit, long firstOffset, int windowBytes) {
        this(file, from, limit, firstOffset, ByteBuffer.allocate(windowBytes(from, limit, windowBytes)));
    }

    /** @param window of {@link #windowBytes}, from its position 0 on; stays the caller's */
    BatchScanner(ByteSource file, int from, int limit, long firstOffset, ByteBuffer window) {
        this.file = file;
        this.limit = limit;
        this.nextPosition = from;
        this.nextOffset = firstOffset;
        this.window = Unpooled.wrappedBuffer(window);
        this.windowBuffer = window;
    }

    /** Size of a window that is no larger than it need be. */
    static int windowBytes(int from, int limit, int sizeMax) {
        return Math.max(Math.min(sizeMax, limit - from), RecordBatch.HEADER_SIZE);
    }

    /** Moves to the next batch. False at the limit, or at a {@link #fault}. */
    public boolean next() throws IOException {
        position = nextPosition;
        if (position >= limit || fault != null) {
            return false;
        }
        fault = examine();
        if (fault != null) {
            return false;
        }
        nextPosition = position + sizeBytes;
        nextOffset = lastOffset() + 1;
        return true;
    }

    /** Whether the next batch ends with this offset. Does not move. */
    boolean isAt(long lastOffset) throws IOException {
        position = nextPosition;
        boolean isThere = examine() == null && lastOffset() == lastOffset;
        cutShort = false;
        return isThere;
    }

    /** What is wrong with the bytes at {@link #position}, or null. */
    public @Nullable String fault() {
        return fault;
    }

    /** Whether the fault is only that the limit comes before the end of the batch, as its length field has it. */
    public boolean isCutShort() {
        return cutShort;
    }

    /** Where the current batch begins; after the last one, where the next would begin. */
    public int position() {
        return position;
    }

    public int endPosition() {
        return nextPosition;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    /** The buffer that holds the header of the current batch at {@link #headerIndex}, until {@code next} is called. */
    public ByteBuf header() {
        return window;
    }

    public int headerIndex() {
        return (int) (position - windowStart);
    }

    public long baseOffset() {
        return RecordBatch.baseOffset(window, headerIndex());
    }

    public long lastOffset() {
        return RecordBatch.lastOffset(window, headerIndex());
    }

    /** Largest timestamp of its records, -1 where compaction has left none. */
    public long maxTimestampMs() {
        return RecordBatch.recordCount(window, headerIndex()) == 0
                ? RecordBatch.NO_TIMESTAMP
                : RecordBatch.maxTimestamp(window, headerIndex());
    }

    /** Leader epoch of the current batch. */
    public int leaderEpoch() {
        return RecordBatch.partitionLeaderEpoch(window, headerIndex());
    }

    /** Reads the whole batch and compares its checksum. A mismatch becomes the fault, and the scan ends here. */
    public boolean hasValidCrc() throws IOException {
        int expected = RecordBatch.crc(window, headerIndex());
        CRC32C crc = new CRC32C();
        long at = position + (long) RecordBatch.ATTRIBUTES_AT;
        long end = position + (long) sizeBytes;
        while (at < end) {
            require(at, 1);
            int from = (int) (at - windowStart);
            int size = (int) Math.min(windowSize - from, end - at);
            crc.update(windowBuffer.limit(from + size).position(from));
            at += size;
        }
        require(position, RecordBatch.HEADER_SIZE);
        if ((int) crc.getValue() == expected) {
            return true;
        }
        nextPosition = position;
        nextOffset = baseOffset();
        fault = "checksum of the batch at offset " + baseOffset() + " is " + Integer.toHexString(expected)
                + " where its bytes give " + Long.toHexString(crc.getValue());
        return false;
    }

    /** The whole current batch, until {@code next} is called: in the window if that is large enough, else a copy. */
    public ByteBuf batch() throws IOException {
        if (sizeBytes <= windowBuffer.capacity()) {
            require(position, sizeBytes);
            return window.slice(headerIndex(), sizeBytes);
        }
        // Through the window: NIO takes as much memory outside the heap as is read at once.
        byte[] copy = new byte[sizeBytes];
        int done = 0;
        while (done < sizeBytes) {
            long at = position + (long) done;
            require(at, 1);
            int from = (int) (at - windowStart);
            int count = Math.min(windowSize - from, sizeBytes - done);
            window.getBytes(from, copy, done, count);
            done += count;
        }
        require(position, RecordBatch.HEADER_SIZE);
        return Unpooled.wrappedBuffer(copy);
    }

    /** A copy of the whole current batch, to look into its records. */
    public ByteBuf readBatch() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(sizeBytes);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, position + (long) bytes.position()) <= 0) {
                throw new IOException(file.path() + " ends within the batch at " + position);
            }
        }
        return Unpooled.wrappedBuffer(bytes.flip());
    }

    private @Nullable String examine() throws IOException {
        if (limit - position < RecordBatch.HEADER_SIZE || !require(position, RecordBatch.HEADER_SIZE)) {
            cutShort = true;
            return (limit - position) + " bytes are less than a batch header";
        }
        int at = headerIndex();
        if (RecordBatch.magic(window, at) != RecordBatch.MAGIC) {
            return "magic is " + RecordBatch.magic(window, at);
        }
        int length = window.getInt(at + RecordBatch.BATCH_LENGTH_AT);
        if (length < RecordBatch.HEADER_SIZE - RecordBatch.LENGTH_OVERHEAD
                || length > limit - position - RecordBatch.LENGTH_OVERHEAD) {
            cutShort = length > limit - position - RecordBatch.LENGTH_OVERHEAD;
            return "batch length " + length + " where " + (limit - position) + " bytes are left";
        }
        sizeBytes = length + RecordBatch.LENGTH_OVERHEAD;
        if (RecordBatch.baseOffset(window, at) < nextOffset) {
            return "offset " + RecordBatch.baseOffset(window, at) + " where at least " + nextOffset + " follows";
        }
        int delta = RecordBatch.lastOffsetDelta(window, at);
        return delta < 0 ? "last offset delta is " + delta : null;
    }

    /** Moves the window so that it begins at {@code at}, unless it holds the bytes already. */
    private boolean require(long at, int size) throws IOException {
        if (at >= windowStart && at + size <= windowStart + windowSize) {
            return true;
        }
        windowStart = at;
        windowSize = 0;
        int wanted = (int) Math.min(windowBuffer.capacity(), limit - at);
        while (windowSize < wanted) {
            int read = file.read(windowBuffer.limit(wanted).position(windowSize), at + windowSize);
            if (read <= 0) {
                break;
            }
            windowSize += read;
        }
        if (windowSize < size && windowSize < wanted) {
            throw new IOException(file.path() + " ends at " + (at + windowSize) + " before " + limit);
        }
        return windowSize >= size;
    }
}
