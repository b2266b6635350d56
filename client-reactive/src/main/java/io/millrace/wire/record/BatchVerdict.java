package io.millrace.wire.record;

import io.millrace.wire.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link BatchValidator} found.
 *
 * @param message for the client, or null if the batch is good
 * @param recordErrors the records that are to blame, if single ones are
 * @param maxTimestampMs of a good batch: the header's word after {@code validate}, the largest time of any record after
 *     {@code validateRecords}; the two differ if the producer was careless
 */
public record BatchVerdict(
        ErrorCode error, @Nullable String message, List<RecordError> recordErrors, long maxTimestampMs) {

    static BatchVerdict good(long maxTimestampMs) {
        return new BatchVerdict(ErrorCode.NONE, null, List.of(), maxTimestampMs);
    }

    static BatchVerdict bad(ErrorCode error, String message) {
        return new BatchVerdict(error, message, List.of(), RecordBatch.NO_TIMESTAMP);
    }

    static BatchVerdict bad(ErrorCode error, String message, List<RecordError> recordErrors) {
        return new BatchVerdict(error, message, List.copyOf(recordErrors), RecordBatch.NO_TIMESTAMP);
    }

    public boolean isGood() {
        return error == ErrorCode.NONE;
    }
}
