package io.millrace.broker.storage.compaction;

import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.segment.Segment;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordReader;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;

/**
 * First pass of a compaction: notes the newest offset of each key in the part of a log that was not compacted yet, as far as
 * there is room. One thread.
 *
 * <p>Records of transactions do not count: whether they were committed is not known here. So they do not take the place of
 * older ones; newer ones of their key do take theirs.
 */
public final class KeyScan implements AutoCloseable {

    private final KeyOffsets keys;
    private final long fromOffset;
    private final SegmentReader reader;
    private long endOffset;

    /**
     * @param segments that have the part, oldest first
     * @param fromOffset where it begins
     * @param endOffset where it ends, which is where the last segment does
     */
    public KeyScan(List<Segment> segments, long fromOffset, long endOffset, KeyOffsets keys) {
        this.keys = keys;
        this.fromOffset = fromOffset;
        this.endOffset = endOffset;
        this.reader = new SegmentReader(segments, fromOffset);
    }

    /** Reads some more. False when it is done. */
    public boolean step(int bytesMax) throws IOException {
        return reader.step(bytesMax, this::note);
    }

    /** Once done: all records before are noted. In front of what was to be read, if there was no room for more. */
    public long endOffset() {
        return endOffset;
    }

    public long readBytes() {
        return reader.readBytes();
    }

    private boolean note(ByteBuf batch) {
        if (RecordBatch.isControl(batch, 0) || RecordBatch.isTransactional(batch, 0)) {
            return true;
        }
        try (RecordReader records = RecordReader.open(batch, 0, LogConfig.UNPACKED_BYTES_MAX)) {
            while (records.next()) {
                ByteBuf key = records.key();
                if (key != null && records.offset() >= fromOffset && !keys.put(key, records.offset())) {
                    endOffset = records.offset();
                    return false;
                }
            }
            return true;
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
