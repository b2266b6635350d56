package io.millrace.broker.handler;

import io.millrace.broker.dispatch.RequestContext;
import io.millrace.cluster.Decider;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.MetadataLogException;
import io.millrace.cluster.MetadataLogException.Fate;
import io.millrace.cluster.Outcome;
import io.millrace.wire.ErrorCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Puts wishes of clients to the metadata log, and its answers into words for clients. Any thread. */
final class ClusterDecisions {
    private static final ApiError TOO_LATE = new ApiError(
            ErrorCode.REQUEST_TIMED_OUT, "Nothing was done: the request's own timeout was over before its turn came.");

    private final MetadataLog log;
    private final LongSupplier clockNanos;

    ClusterDecisions(MetadataLog log) {
        this(log, System::nanoTime);
    }

    ClusterDecisions(MetadataLog log, LongSupplier clockNanos) {
        this.log = log;
        this.clockNanos = clockNanos;
    }

    /** Thrown instead of deciding. */
    private static final class TooLateException extends RuntimeException {
        TooLateException() {
            super(null, null, false, false);
        }
    }

    /** When the client stops to wait for what it asks here. */
    static long deadlineNanos(RequestContext context, int timeoutMs) {
        return context.receivedNanos() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    }

    /**
     * As {@link #decide(Decider, boolean)}, but only while the client still waits: what has not been decided by its deadline
     * never is, and the answer is REQUEST_TIMED_OUT. That is what Kafka's controller does. In particular a timeout of zero
     * is always over.
     */
    <T> Future<Decided<T>> decide(Decider<Outcome<T>> decider, boolean validateOnly, long deadlineNanos) {
        if (isOver(deadlineNanos)) {
            return Future.succeededFuture(Decided.refused(TOO_LATE));
        }
        // The clock says only whether there is a decision, and has no part in what it is.
        return validateOnly
                ? decide(decider, true)
                : decide(
                        image -> {
                            if (isOver(deadlineNanos)) {
                                throw new TooLateException();
                            }
                            return decider.decide(image);
                        },
                        false);
    }

    /**
     * Decides one wish after all that were submitted before. The future never fails for a reason that the client should
     * hear; it completes when the decision is durable and in effect on this broker.
     *
     * @param validateOnly answers as if, against the newest image, and changes nothing
     */
    <T> Future<Decided<T>> decide(Decider<Outcome<T>> decider, boolean validateOnly) {
        if (validateOnly) {
            return Future.succeededFuture(Decided.of(decider.decide(log.image()).result()));
        }
        return log.submit(decider).map(Decided::of).recover(ClusterDecisions::unavailable);
    }

    /** Completes with the results of all, in their order. */
    static <T> Future<List<T>> all(List<Future<T>> each) {
        if (each.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        return Future.all(each).map(done -> {
            List<T> results = new ArrayList<>(each.size());
            for (int i = 0; i < each.size(); i++) {
                results.add(done.resultAt(i));
            }
            return results;
        });
    }

    private boolean isOver(long deadlineNanos) {
        return clockNanos.getAsLong() - deadlineNanos >= 0;
    }

    private static <T> Future<Decided<T>> unavailable(Throwable cause) {
        if (cause instanceof TooLateException) {
            return Future.succeededFuture(Decided.refused(TOO_LATE));
        }
        if (!(cause instanceof MetadataLogException failure)) {
            return Future.failedFuture(cause);
        }
        ErrorCode code = failure.fate() == Fate.REFUSED ? ErrorCode.NOT_CONTROLLER : ErrorCode.REQUEST_TIMED_OUT;
        return Future.succeededFuture(Decided.refused(new ApiError(code, failure.getMessage())));
    }
}
