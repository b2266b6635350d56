package io.millrace.broker.storage;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one append decided. It says that the batches have a place in the log, not that they are safe: the caller answers
 * its client only when the visible end of the log has reached {@link #requiredEndOffset}.
 *
 * @param error NONE for an append and for a duplicate, otherwise why nothing was changed
 * @param message says more about an error, for the client
 * @param baseOffset first offset of the records, -1 on error
 * @param lastOffset last offset of the records, -1 on error
 * @param logAppendTimeMs the timestamp given to the records, or -1 when they keep their own
 * @param duplicate nothing was appended: these offsets are those of the first copy, which may still be on its way to disk
 */
public record AppendResult(
        ErrorCode error,
        @Nullable String message,
        long baseOffset,
        long lastOffset,
        long logAppendTimeMs,
        long logStartOffset,
        boolean duplicate,
        List<RecordError> recordErrors) {

    static AppendResult appended(long baseOffset, long lastOffset, long logAppendTimeMs, long logStartOffset) {
        return new AppendResult(
                ErrorCode.NONE, null, baseOffset, lastOffset, logAppendTimeMs, logStartOffset, false, List.of());
    }

    static AppendResult duplicate(long baseOffset, long lastOffset, long timestampMs, long logStartOffset) {
        return new AppendResult(
                ErrorCode.NONE, null, baseOffset, lastOffset, timestampMs, logStartOffset, true, List.of());
    }

    /** A refusal: nothing was changed. */
    public static AppendResult refused(ErrorCode error, @Nullable String message, long logStartOffset) {
        return new AppendResult(error, message, -1, -1, -1, logStartOffset, false, List.of());
    }

    /** Whether the records are in the log, now or from an earlier attempt. */
    public boolean isAccepted() {
        return error == ErrorCode.NONE;
    }

    /**
     * The end offset that must be durable before this result may be told to anyone.
     *
     * <p>For a duplicate it covers the first copy, because: (1) the copy is staged, (2) the client's connection breaks and
     * it sends again, (3) the second copy is recognised and answered at once, (4) power fails before the first copy's
     * sync. The answer of step 3 would have promised a record that is gone.
     */
    public long requiredEndOffset() {
        return lastOffset + 1;
    }
}
