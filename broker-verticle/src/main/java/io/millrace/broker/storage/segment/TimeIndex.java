package io.millrace.broker.storage.segment;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * {@code .timeindex}: the largest timestamp so far, and the last offset of the batch that holds it, relative to the segment's
 * base. Twelve bytes each. Appended by the log's owner, read by any thread.
 */
final class TimeIndex extends IndexFile {

    static final int ENTRY_BYTES = 12;

    private final long baseOffset;
    /** Owner only. */
    private long lastTimestampMs;

    TimeIndex(SharedFile file, long baseOffset, int entryCountInFile) {
        super(file, ENTRY_BYTES, entryCountInFile);
        this.baseOffset = baseOffset;
        this.lastTimestampMs = entryCountInFile == 0 ? -1 : Long.MIN_VALUE;
    }

    /** Adds an entry when the timestamp has grown since the last one. */
    void append(TimestampOffset max) throws IOException {
        if (max.timestampMs() <= lastTimestampMs()) {
            return;
        }
        ByteBuffer entries = reserve();
        int at = nextPosition();
        entries.putLong(at, max.timestampMs());
        entries.putInt(at + 8, (int) (max.offset() - baseOffset));
        publish();
        lastTimestampMs = max.timestampMs();
    }

    /** The last entry whose timestamp is at most the given one, or NONE. */
    TimestampOffset lookup(long timestampMs) throws IOException {
        int number = floor(timestampMs);
        return number < 0 ? TimestampOffset.NONE : entryAt(number);
    }

    /** The last entry, or NONE. */
    TimestampOffset last() throws IOException {
        int count = count();
        return count == 0 ? TimestampOffset.NONE : entryAt(count - 1);
    }

    /** Drops the entries for batches at and after an offset. Offsets grow with timestamps. */
    void truncateTo(long offset) throws IOException {
        int count = count();
        while (count > 0 && entryAt(count - 1).offset() >= offset) {
            count--;
        }
        truncate(count);
        lastTimestampMs = last().timestampMs();
    }

    @Override
    void clear() throws IOException {
        super.clear();
        lastTimestampMs = -1;
    }

    private long lastTimestampMs() throws IOException {
        if (lastTimestampMs == Long.MIN_VALUE) {
            lastTimestampMs = last().timestampMs();
        }
        return lastTimestampMs;
    }

    private TimestampOffset entryAt(int number) throws IOException {
        ByteBuffer entry = entry(number);
        return new TimestampOffset(entry.getLong(0), baseOffset + entry.getInt(8));
    }

    @Override
    long keyAt(ByteBuffer entries, int position) {
        return entries.getLong(position);
    }
}
