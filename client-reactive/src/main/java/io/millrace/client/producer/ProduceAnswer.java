package io.millrace.client.producer;

import io.millrace.wire.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * What a broker says about one batch.
 *
 * @param baseOffset of the first record; -1 if it does not say, as with {@code acks=0}
 * @param appendTimestampMs the broker's time if the topic says {@code LogAppendTime}, else -1
 * @param message the broker's words, if it gave any
 */
public record ProduceAnswer(
        ErrorCode error,
        long baseOffset,
        long appendTimestampMs,
        @Nullable String message) {

    static final long NO_OFFSET = -1;
    static final long NO_TIMESTAMP = -1;

    public static ProduceAnswer written(long baseOffset, long appendTimestampMs) {
        return new ProduceAnswer(ErrorCode.NONE, baseOffset, appendTimestampMs, null);
    }

    public static ProduceAnswer failed(ErrorCode error, @Nullable String message) {
        return new ProduceAnswer(error, NO_OFFSET, NO_TIMESTAMP, message);
    }
}
