package io.millrace.broker.storage.segment;

import io.millrace.wire.Records;
import io.millrace.wire.WireWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * A slice of a segment, which keeps its file open until it is transferred or released. Owned by whoever was handed it.
 *
 * <p>A few bytes from memory are copied into a buffer, which leaves with the rest of the answer in one write. Others go out as a
 * {@link SegmentRegion}, which takes a write of its own and splits the answer in three. Where there is no real file, all are
 * read into a buffer.
 */
public final class SegmentRecords implements Records {

    /** To copy so much takes less than the two writes that it saves, and little memory while a slow client reads. */
    private static final int COPIED_BYTES_MAX = 8 << 10;

    private final OpenFile open;
    private final SegmentTail tail;
    private final int position;
    private final int sizeBytes;
    private final long firstBatchOffset;
    /** Up to this position {@link #findFault} has read the file. */
    private int fetchedTo;

    private boolean spent;

    /** Takes over one hold of the file. */
    SegmentRecords(OpenFile open, SegmentTail tail, int position, int sizeBytes, long firstBatchOffset) {
        this.open = open;
        this.tail = tail;
        this.position = position;
        this.sizeBytes = sizeBytes;
        this.firstBatchOffset = firstBatchOffset;
    }

    @Override
    public int sizeBytes() {
        return sizeBytes;
    }

    /** Base offset of the first batch, at or before the offset that was asked for. */
    public long firstBatchOffset() {
        return firstBatchOffset;
    }

    @Override
    public void transferTo(WireWriter out) {
        FileChannel channel = open.file().channel();
        if (channel == null) {
            out.append(toBuffer(ByteBufAllocator.DEFAULT));
            return;
        }
        ByteBuf copy = sizeBytes <= COPIED_BYTES_MAX ? copyFromMemory() : null;
        spend();
        if (copy == null) {
            out.append(new SegmentRegion(open, tail, channel, position, sizeBytes, fetchedTo, System::nanoTime));
        } else {
            open.releaseSoon();
            out.append(copy);
        }
    }

    /** Null when memory does not have all of it: then the file has. */
    private @Nullable ByteBuf copyFromMemory() {
        ByteBuf copy = PooledByteBufAllocator.DEFAULT.directBuffer(sizeBytes, sizeBytes);
        if (tail.read(copy.internalNioBuffer(0, sizeBytes), position) < sizeBytes) {
            copy.release();
            return null;
        }
        return copy.writerIndex(sizeBytes);
    }

    /** Reads the slice into a buffer that the caller releases, and gives up the file. */
    public ByteBuf toBuffer(ByteBufAllocator allocator) {
        spend();
        ByteBuf bytes = allocator.buffer(sizeBytes, sizeBytes);
        try {
            readInto(bytes.internalNioBuffer(0, sizeBytes));
            return bytes.writerIndex(sizeBytes);
        } catch (IOException e) {
            bytes.release();
            throw new UncheckedIOException(e);
        } finally {
            open.release();
        }
    }

    @Override
    public void release() {
        if (!spent) {
            spend();
            open.releaseSoon();
        }
    }

    /** Reads every byte; says what is wrong with the first whole batch that is not as it was written, or null. */
    public @Nullable String findFault() throws IOException {
        int inFileOnly = tail.heldFrom();
        int end = position + sizeBytes;
        int windowBytes = BatchScanner.windowBytes(position, end, BatchScanner.SCAN_WINDOW_BYTES);
        // Outside the heap, where the system reads to without another copy.
        ByteBuf window = PooledByteBufAllocator.DEFAULT.directBuffer(windowBytes, windowBytes);
        try {
            String fault = findFault(
                    new BatchScanner(bytes(), position, end, firstBatchOffset, window.nioBuffer(0, windowBytes)));
            fetchedTo = Math.min(inFileOnly, end);
            return fault;
        } finally {
            window.release();
        }
    }

    private @Nullable String findFault(BatchScanner scanner) throws IOException {
        boolean isIntact = true;
        while (isIntact && scanner.next()) {
            isIntact = scanner.hasValidCrc();
        }
        boolean isWhole = scanner.fault() == null || (scanner.isCutShort() && scanner.position() > position);
        return isWhole ? null : open.file().path() + " at position " + scanner.position() + ": " + scanner.fault();
    }

    private SegmentBytes bytes() {
        return new SegmentBytes(open, tail);
    }

    private void spend() {
        if (spent) {
            throw new IllegalStateException("these records were transferred or released before");
        }
        spent = true;
    }

    private void readInto(ByteBuffer into) throws IOException {
        int start = into.position();
        SegmentBytes source = bytes();
        while (into.hasRemaining()) {
            if (source.read(into, position + (long) (into.position() - start)) <= 0) {
                throw new IOException(open.file().path() + " ends within a slice that was published");
            }
        }
    }
}
