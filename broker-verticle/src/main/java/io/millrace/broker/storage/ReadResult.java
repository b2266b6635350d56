package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.SegmentRecords;
import io.millrace.wire.ErrorCode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a read found. Whoever receives it owns {@link #records} and must transfer or release them, once.
 *
 * @param error NONE, OFFSET_OUT_OF_RANGE, CORRUPT_MESSAGE or KAFKA_STORAGE_ERROR
 * @param message says more about an error, for the server's log
 * @param records a slice of one segment that begins with the batch holding the offset; it may end within a batch, as
 *     Kafka's does. Null when there is nothing to read, now or because of the error
 * @param view bounds of the log that the slice respects
 */
public record ReadResult(
        ErrorCode error, @Nullable String message, @Nullable SegmentRecords records, LogView view) {

    static ReadResult nothing(LogView view) {
        return new ReadResult(ErrorCode.NONE, null, null, view);
    }

    static ReadResult failed(ErrorCode error, String message, LogView view) {
        return new ReadResult(error, message, null, view);
    }

    /** Bytes of records, zero when there are none. */
    public int sizeBytes() {
        return records == null ? 0 : records.sizeBytes();
    }

    /**
     * Reads the slice once, so that it is in memory when the event loop sends it, and checks the framing and the CRC of
     * each whole batch on the way. For cold data, on the reader pool.
     *
     * @return this, or CORRUPT_MESSAGE with the records released: a bit that flipped on the disk is never served
     */
    public ReadResult verified() {
        if (records == null) {
            return this;
        }
        try {
            String fault = records.findFault();
            return fault == null ? this : refuse(ErrorCode.CORRUPT_MESSAGE, fault);
        } catch (IOException e) {
            return refuse(ErrorCode.KAFKA_STORAGE_ERROR, e.toString());
        }
    }

    /** Gives the records back when they are not going to be sent. */
    public void release() {
        if (records != null) {
            records.release();
        }
    }

    private ReadResult refuse(ErrorCode refusal, String reason) {
        release();
        return failed(refusal, reason, view);
    }
}
