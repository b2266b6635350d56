package io.millrace.broker.storage.segment;

import io.millrace.broker.storage.StoreFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The end of a segment in memory: bytes that are not in the file yet, and behind them those that readers are likely to want.
 *
 * <pre>
 *   0 ............ heldFrom ............ written ............ end
 *   in the file    in both               in memory only
 * </pre>
 *
 * <p>To collect bytes makes few large writes out of many small ones, and large ones may go past the page cache, which costs
 * the kernel a fifth. Only bytes that something else makes durable may wait here: those in the journal.
 *
 * <p>Owned by: append thread, but for what is under "any thread". A reader that finds a page gone finds its bytes in the file,
 * because a page is written before it is given up.
 */
final class SegmentTail {

    /** Pages handed to the system in one write. */
    private static final int GATHERED_MAX = 256;

    private final SharedFile log;
    private @Nullable TailMemory memory;
    private @Nullable TailPage current;
    private final BatchStarts starts = new BatchStarts();
    private int end;

    /** By page number modulo length; null before the first page. Its length is a power of two. */
    private volatile @Nullable AtomicReferenceArray<@Nullable TailPage> pages;

    private volatile int lastPage = -1;
    private volatile int heldFrom;
    private volatile int written;
    private volatile boolean closed;

    /** @param size bytes in the file */
    SegmentTail(SharedFile log, int size) {
        this.log = log;
        this.end = size;
        this.heldFrom = size;
        this.written = size;
    }

    // ---- append thread ----

    /** Says where a batch begins that one of the next appends brings. */
    void noteBatch(long baseOffset, int position) {
        starts.add(baseOffset, position);
    }

    /** Takes in the bytes that follow. What cannot be held is written at once. */
    void append(ByteBuffer[] bytes, @Nullable TailMemory target) throws IOException {
        if (target != null) {
            memory = target;
        }
        if (target == null || !copy(bytes, target)) {
            writeThrough(bytes);
        }
        starts.clear();
    }

    private boolean copy(ByteBuffer[] sources, TailMemory target) throws IOException {
        int pageBytes = target.options().pageBytes();
        for (ByteBuffer source : sources) {
            while (source.hasRemaining()) {
                TailPage page = pageAtEnd(target, pageBytes);
                if (page == null) {
                    return false;
                }
                int at = end % pageBytes;
                int size = Math.min(source.remaining(), pageBytes - at);
                page.slice(at, size).put(source.slice(source.position(), size));
                source.position(source.position() + size);
                end += size;
            }
        }
        return true;
    }

    private @Nullable TailPage pageAtEnd(TailMemory target, int pageBytes) throws IOException {
        TailPage page = current;
        if (page == null || end % pageBytes == 0) {
            page = target.take();
            if (page != null) {
                int index = end / pageBytes;
                starts.moveTo(end);
                target.give(page, this, index, starts.offset(), starts.position());
                put(page, index, pageBytes);
            }
            current = page;
        }
        return page;
    }

    private void put(TailPage page, int index, int pageBytes) {
        AtomicReferenceArray<@Nullable TailPage> before = pages;
        int first = Math.min(heldFrom / pageBytes, index);
        AtomicReferenceArray<@Nullable TailPage> after = before;
        if (after == null || index - first >= after.length()) {
            after = new AtomicReferenceArray<>(Math.max(2, Integer.highestOneBit(index - first) * 2));
            for (int i = first; before != null && i < index; i++) {
                after.set(i & (after.length() - 1), before.get(i & (before.length() - 1)));
            }
        }
        after.set(index & (after.length() - 1), page);
        pages = after;
        lastPage = index;
    }

    private void writeThrough(ByteBuffer[] bytes) throws IOException {
        writeAll();
        int size = 0;
        for (ByteBuffer each : bytes) {
            size += each.remaining();
        }
        OpenFile open = log.acquire();
        try {
            log.markDirty();
            open.file().write(bytes, end);
        } finally {
            open.release();
        }
        end += size;
        current = null;
        written = end;
        heldFrom = end;
    }

    /** Bytes that are in memory only. */
    int unwrittenBytes() {
        return end - written;
    }

    /** Writes when there is enough for a write that is worth its price; an incomplete block waits for the next. */
    void writePieces() throws IOException {
        TailMemory held = memory;
        if (held != null && end - written >= held.options().pieceBytes()) {
            write(end & -StoreFile.BLOCK_BYTES, held.options());
        }
    }

    /** Writes all that is in memory only. */
    void writeAll() throws IOException {
        TailMemory held = memory;
        if (held != null && written < end) {
            write(end, held.options());
        }
    }

    private void write(int to, TailOptions options) throws IOException {
        int from = written;
        int blocksTo = to & -StoreFile.BLOCK_BYTES;
        int blocksFrom = from & -StoreFile.BLOCK_BYTES;
        if (blocksFrom < heldFrom) {
            blocksFrom = (from + StoreFile.BLOCK_BYTES - 1) & -StoreFile.BLOCK_BYTES;
        }
        OpenFile open = log.acquire();
        try {
            log.markDirty();
            if (blocksTo - blocksFrom >= options.pieceBytes() / 4) {
                writeCached(open.file(), from, blocksFrom, options);
                open.file().writeBlocks(slices(blocksFrom, blocksTo, options), blocksFrom);
                writeCached(open.file(), blocksTo, to, options);
            } else {
                writeCached(open.file(), from, to, options);
            }
        } finally {
            open.release();
        }
        written = to;
    }

    private void writeCached(StoreFile file, int from, int to, TailOptions options) throws IOException {
        if (from < to) {
            file.write(slices(from, to, options), from);
        }
    }

    private ByteBuffer[] slices(int from, int to, TailOptions options) {
        AtomicReferenceArray<@Nullable TailPage> held = pages;
        List<ByteBuffer> slices = new ArrayList<>((to - from) / options.pageBytes() + 2);
        int at = from;
        while (at < to) {
            int index = at / options.pageBytes();
            int start = at % options.pageBytes();
            int size = Math.min(to - at, options.pageBytes() - start);
            TailPage page = held == null ? null : held.get(index & (held.length() - 1));
            if (page == null || page.owner() != this || page.index() != index) {
                throw new IllegalStateException(log + " has lost the bytes at " + at);
            }
            slices.add(page.slice(start, size));
            at += size;
        }
        return slices.toArray(ByteBuffer[]::new);
    }

    /** The memory wants a page back: its bytes must be in the file before it goes. */
    void giveUp(int index) throws IOException {
        TailMemory held = memory;
        if (closed || held == null) {
            return;
        }
        long pageEnd = (index + 1L) * held.options().pageBytes();
        if (written < Math.min(pageEnd, end)) {
            writeAll();
        }
        heldFrom = (int) Math.max(heldFrom, Math.min(pageEnd, end));
        if (current != null && current.index() == index) {
            current = null;
        }
    }

    /** Nobody appends or needs the bytes any more; reads that began go on as long as the memory is not used again. */
    void close() {
        closed = true;
    }

    // ---- any thread ----

    boolean isClosed() {
        return closed;
    }

    /** Up to where the file has the bytes. */
    int written() {
        return written;
    }

    /** From where on the memory has the bytes. */
    int heldFrom() {
        return heldFrom;
    }

    /** Whether the byte at a position is in memory. */
    boolean holds(int position) {
        TailPage page = pin(position);
        if (page != null) {
            page.unpin();
        }
        return page != null;
    }

    /** Copies bytes that are held, as many as the buffer takes; returns how many, zero when the first is not held. */
    int read(ByteBuffer dst, int position) {
        int count = 0;
        while (dst.hasRemaining()) {
            int at = position + count;
            TailPage page = pin(at);
            if (page == null) {
                break;
            }
            try {
                ByteBuffer bytes = slice(page, at, dst.remaining());
                count += bytes.remaining();
                dst.put(bytes);
            } finally {
                page.unpin();
            }
        }
        return count;
    }

    /** Sends bytes that are held; returns how many the channel has taken, -1 when the first is not held. */
    long transferTo(WritableByteChannel target, int position, int size) throws IOException {
        List<TailPage> pinned = new ArrayList<>();
        List<ByteBuffer> bytes = new ArrayList<>();
        try {
            int at = position;
            while (at < position + size && pinned.size() < GATHERED_MAX) {
                TailPage page = pin(at);
                if (page == null) {
                    break;
                }
                pinned.add(page);
                ByteBuffer slice = slice(page, at, position + size - at);
                at += slice.remaining();
                bytes.add(slice);
            }
            if (bytes.isEmpty()) {
                return -1;
            }
            return bytes.size() > 1 && target instanceof GatheringByteChannel gathering
                    ? gathering.write(bytes.toArray(ByteBuffer[]::new))
                    : target.write(bytes.get(0));
        } finally {
            pinned.forEach(TailPage::unpin);
        }
    }

    /** Where to begin in memory to find an offset: a batch at or before it. -1 when the file must be searched. */
    int positionBefore(long offset) {
        AtomicReferenceArray<@Nullable TailPage> held = pages;
        TailMemory owner = memory;
        if (held == null || owner == null) {
            return -1;
        }
        int low = heldFrom / owner.options().pageBytes();
        int high = lastPage;
        // Readers that keep up want the last page.
        int middle = high;
        int position = -1;
        while (low <= high) {
            TailPage page = held.get(middle & (held.length() - 1));
            if (page == null || !page.tryPin(this, middle)) {
                low = middle + 1;
            } else {
                if (page.coverOffset() <= offset) {
                    position = page.coverPosition();
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
                page.unpin();
            }
            middle = (low + high) >>> 1;
        }
        return position >= heldFrom ? position : -1;
    }

    private @Nullable TailPage pin(int position) {
        AtomicReferenceArray<@Nullable TailPage> held = pages;
        TailMemory owner = memory;
        if (held == null || owner == null || position < heldFrom) {
            return null;
        }
        int index = position / owner.options().pageBytes();
        TailPage page = held.get(index & (held.length() - 1));
        return page != null && page.tryPin(this, index) ? page : null;
    }

    private ByteBuffer slice(TailPage page, int position, int sizeMax) {
        int pageBytes = page.sizeBytes();
        int start = position % pageBytes;
        return page.slice(start, Math.min(sizeMax, pageBytes - start));
    }
}
