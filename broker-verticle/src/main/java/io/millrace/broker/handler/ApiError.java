package io.millrace.broker.handler;

import io.millrace.cluster.Outcome;
import io.millrace.wire.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told about one item of its request.
 *
 * @param code {@link ErrorCode#NONE} when it went well
 * @param message what was wrong and what is allowed; null when it went well
 */
record ApiError(ErrorCode code, @Nullable String message) {
    static final ApiError NONE = new ApiError(ErrorCode.NONE, null);

    static ApiError of(Outcome.Rejected<?> refusal) {
        return new ApiError(ErrorCode.valueOf(refusal.reason().name()), refusal.message());
    }

    static ApiError invalidRequest(String message) {
        return new ApiError(ErrorCode.INVALID_REQUEST, message);
    }

    boolean isError() {
        return code != ErrorCode.NONE;
    }
}
