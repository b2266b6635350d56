package io.millrace.broker.storage;

import io.millrace.wire.record.InvalidRecordsException;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordReader;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The record of a control batch that ends a transaction. */
record TransactionMarker(int coordinatorEpoch, long timestampMs) {

    private static final short ABORT = 0;
    private static final short COMMIT = 1;
    private static final int SIZE_MAX = 1 << 10;

    /** Reads a control batch; null when it is a control record of another kind, or none. */
    static @Nullable TransactionMarker read(ByteBuf batch, int index) {
        if (RecordBatch.recordCount(batch, index) == 0) {
            return null;
        }
        try (RecordReader records = RecordReader.open(batch, index, SIZE_MAX)) {
            ByteBuf key = records.next() ? records.key() : null;
            ByteBuf value = key == null ? null : records.value();
            if (key == null || value == null || key.readableBytes() < 4 || value.readableBytes() < 6) {
                return null;
            }
            short type = key.getShort(key.readerIndex() + 2);
            return type == ABORT || type == COMMIT
                    ? new TransactionMarker(value.getInt(value.readerIndex() + 2), records.timestampMs())
                    : null;
        } catch (InvalidRecordsException notAMarker) {
            return null;
        }
    }
}
