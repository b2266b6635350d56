package io.millrace.broker.storage.segment;

import io.millrace.broker.storage.StoreFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A sparse index: entries of one size, ordered by a key, the older ones in a file and the newest in memory.
 *
 * <p>The owner appends. When the memory part is full it goes to the file, and its younger half stays in memory too, so that
 * looking up the end of the log needs no file. Readers take the published tail once: entries below its count never change,
 * and entries before its start are in the file already. So an index costs a few kilobytes however long its segment is.
 *
 * <p>Index files can be rebuilt from the log, hence they are written without being synced until the segment is sealed.
 */
abstract class IndexFile {

    /** Entries in memory at most: 256 of 4 KiB of log each are the newest mebibyte. */
    static final int TAIL_ENTRIES_MAX = 256;

    private static final int TAIL_ENTRIES_MIN = 8;

    /** The published newest entries. Only {@link #count} moves; the array is replaced, never rewritten. */
    private static final class Tail {
        /** Number of the entry that lies first in the array; all before it are in the file. */
        final int firstEntry;

        final ByteBuffer entries;
        volatile int count;

        Tail(int firstEntry, ByteBuffer entries, int count) {
            this.firstEntry = firstEntry;
            this.entries = entries;
            this.count = count;
        }
    }

    private final SharedFile file;
    private final int entryBytes;
    private volatile Tail tail;
    /** Entries that are in the file; owner only. */
    private int writtenCount;

    IndexFile(SharedFile file, int entryBytes, int entryCountInFile) {
        this.file = file;
        this.entryBytes = entryBytes;
        this.writtenCount = entryCountInFile;
        this.tail = emptyTail(entryCountInFile);
    }

    /** The search key of the entry that begins at a position of a buffer. */
    abstract long keyAt(ByteBuffer entries, int position);

    final SharedFile file() {
        return file;
    }

    final int count() {
        Tail now = tail;
        return now.firstEntry + now.count;
    }

    final int sizeBytes() {
        return count() * entryBytes;
    }

    /** Number of the last entry whose key is at most {@code key}, or -1. */
    final int floor(long key) throws IOException {
        Tail now = tail;
        int count = now.count;
        if (count > 0 && keyAt(now.entries, 0) <= key) {
            return now.firstEntry + floorInMemory(now.entries, count, key);
        }
        return now.firstEntry == 0 ? -1 : floorInFile(now.firstEntry, key);
    }

    /** A copy of one entry. */
    final ByteBuffer entry(int number) throws IOException {
        Tail now = tail;
        ByteBuffer copy = ByteBuffer.allocate(entryBytes);
        if (number >= now.firstEntry) {
            copy.put(0, now.entries, (number - now.firstEntry) * entryBytes, entryBytes);
            return copy;
        }
        OpenFile open = file.acquire();
        try {
            readEntry(open.file(), number, copy);
        } finally {
            open.release();
        }
        return copy;
    }

    /** Where the next entry goes: the caller fills {@code entryBytes} from {@link #nextPosition} and calls publish. */
    final ByteBuffer reserve() throws IOException {
        Tail now = tail;
        if ((now.count + 1) * entryBytes > now.entries.capacity()) {
            tail = now.count < TAIL_ENTRIES_MAX ? grown(now) : spilled(now);
        }
        return tail.entries;
    }

    final int nextPosition() {
        return tail.count * entryBytes;
    }

    /** Makes the reserved entry visible to readers. */
    final void publish() {
        Tail now = tail;
        int count = now.count;
        now.count = count + 1;
    }

    /** Writes what is only in memory; the file is created even for an empty index. */
    final void flush() throws IOException {
        Tail now = tail;
        int from = (writtenCount - now.firstEntry) * entryBytes;
        int to = now.count * entryBytes;
        OpenFile open = file.acquireOrCreate();
        try {
            if (to > from) {
                open.file().write(now.entries.slice(from, to - from), (long) writtenCount * entryBytes);
                writtenCount = now.firstEntry + now.count;
            }
        } finally {
            open.release();
        }
    }

    /** Writes and forgets what is in memory: from now on lookups read the file. */
    final void seal() throws IOException {
        flush();
        tail = emptyTail(writtenCount);
    }

    final void sync() throws IOException {
        OpenFile open = file.acquireOrCreate();
        try {
            open.file().sync();
        } finally {
            open.release();
        }
    }

    /** Drops the entries from a number on. */
    final void truncate(int count) throws IOException {
        if (count < count()) {
            flush();
            cut(count);
        }
    }

    /** Drops all entries, and whatever else is in the file. */
    void clear() throws IOException {
        cut(0);
    }

    private void cut(int count) throws IOException {
        OpenFile open = file.acquireOrCreate();
        try {
            open.file().truncate((long) count * entryBytes);
        } finally {
            open.release();
        }
        writtenCount = count;
        tail = emptyTail(count);
    }

    /** Whether the keys on disk grow from entry to entry: a hole that a crash left in the file reads as zeros. */
    final boolean isOrdered() throws IOException {
        Tail now = tail;
        ByteBuffer all = ByteBuffer.allocate(now.firstEntry * entryBytes);
        OpenFile open = file.acquireOrCreate();
        try {
            readFully(open.file(), all, 0);
        } finally {
            open.release();
        }
        long previous = Long.MIN_VALUE;
        for (int at = 0; at < all.capacity(); at += entryBytes) {
            long key = keyAt(all, at);
            if (key < 0 || key <= previous) {
                return false;
            }
            previous = key;
        }
        return true;
    }

    private Tail emptyTail(int firstEntry) {
        return new Tail(firstEntry, ByteBuffer.allocate(TAIL_ENTRIES_MIN * entryBytes), 0);
    }

    private Tail grown(Tail from) {
        ByteBuffer larger = ByteBuffer.allocate(2 * from.entries.capacity());
        larger.put(0, from.entries, 0, from.count * entryBytes);
        return new Tail(from.firstEntry, larger, from.count);
    }

    private Tail spilled(Tail full) throws IOException {
        flush();
        int kept = full.count / 2;
        int dropped = full.count - kept;
        ByteBuffer entries = ByteBuffer.allocate(TAIL_ENTRIES_MAX * entryBytes);
        entries.put(0, full.entries, dropped * entryBytes, kept * entryBytes);
        return new Tail(full.firstEntry + dropped, entries, kept);
    }

    private int floorInMemory(ByteBuffer entries, int count, long key) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (keyAt(entries, middle * entryBytes) <= key) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private int floorInFile(int count, long key) throws IOException {
        ByteBuffer entry = ByteBuffer.allocate(entryBytes);
        OpenFile open = file.acquire();
        try {
            int low = -1;
            int high = count - 1;
            while (low < high) {
                int middle = (low + high + 1) >> 1;
                readEntry(open.file(), middle, entry);
                if (keyAt(entry, 0) <= key) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            return low;
        } finally {
            open.release();
        }
    }

    private void readEntry(StoreFile from, int number, ByteBuffer entry) throws IOException {
        readFully(from, entry.clear(), (long) number * entryBytes);
    }

    private void readFully(StoreFile from, ByteBuffer dst, long position) throws IOException {
        while (dst.hasRemaining()) {
            int read = from.read(dst, position + dst.position());
            if (read <= 0) {
                throw new IOException(file + " ends at " + (position + dst.position()) + ", within its entries");
            }
        }
    }
}
