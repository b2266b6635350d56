package io.millrace.broker.storage.segment;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * {@code .index}: last offset of a batch, relative to the segment's base, and the batch's position. Eight bytes each.
 * Appended by the log's owner, read by any thread.
 */
final class OffsetIndex extends IndexFile {

    static final int ENTRY_BYTES = 8;

    /** An entry as read back. */
    record Entry(long offset, int position) {}

    private final long baseOffset;

    OffsetIndex(SharedFile file, long baseOffset, int entryCountInFile) {
        super(file, ENTRY_BYTES, entryCountInFile);
        this.baseOffset = baseOffset;
    }

    /** Offsets must grow from call to call. */
    void append(long lastOffset, int position) throws IOException {
        ByteBuffer entries = reserve();
        int at = nextPosition();
        entries.putInt(at, (int) (lastOffset - baseOffset));
        entries.putInt(at + 4, position);
        publish();
    }

    /** The last entry at or before an offset; the start of the segment when there is none. */
    Entry lookup(long offset) throws IOException {
        int number = floor(offset - baseOffset);
        return number < 0 ? new Entry(baseOffset, 0) : entryAt(number);
    }

    /** The last entry, or the start of the segment. */
    Entry last() throws IOException {
        int count = count();
        return count == 0 ? new Entry(baseOffset, 0) : entryAt(count - 1);
    }

    /** Drops the entries at and after an offset. */
    void truncateTo(long offset) throws IOException {
        truncate(floor(offset - 1 - baseOffset) + 1);
    }

    private Entry entryAt(int number) throws IOException {
        ByteBuffer entry = entry(number);
        return new Entry(baseOffset + entry.getInt(0), entry.getInt(4));
    }

    @Override
    long keyAt(ByteBuffer entries, int position) {
        return entries.getInt(position);
    }
}
