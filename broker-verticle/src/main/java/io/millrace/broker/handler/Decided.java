package io.millrace.broker.handler;

import io.millrace.cluster.Outcome;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the cluster answered a wish: with a value, or with an error for the client.
 *
 * @param value null exactly if there is an error
 */
record Decided<T>(@Nullable T value, ApiError error) {
    static <T> Decided<T> of(Outcome<T> outcome) {
        if (outcome instanceof Outcome.Rejected<T> refusal) {
            return refused(ApiError.of(refusal));
        }
        return new Decided<>(((Outcome.Accepted<T>) outcome).value(), ApiError.NONE);
    }

    static <T> Decided<T> refused(ApiError error) {
        return new Decided<>(null, error);
    }

    boolean isRefused() {
        return error.isError();
    }

    /** The value of a wish that was granted. */
    T granted() {
        return Objects.requireNonNull(value, "a refused wish has no value");
    }
}
