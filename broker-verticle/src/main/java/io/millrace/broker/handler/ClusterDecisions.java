package io.millrace.broker.handler;

import io.millrace.cluster.Decider;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.MetadataLogException;
import io.millrace.cluster.MetadataLogException.Fate;
import io.millrace.cluster.Outcome;
import io.millrace.wire.ErrorCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** Puts wishes of clients to the metadata log, and its answers into words for clients. Any thread. */
final class ClusterDecisions {
    private final MetadataLog log;

    ClusterDecisions(MetadataLog log) {
        this.log = log;
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

    private static <T> Future<Decided<T>> unavailable(Throwable cause) {
        if (!(cause instanceof MetadataLogException failure)) {
            return Future.failedFuture(cause);
        }
        ErrorCode code = failure.fate() == Fate.REFUSED ? ErrorCode.NOT_CONTROLLER : ErrorCode.REQUEST_TIMED_OUT;
        return Future.succeededFuture(Decided.refused(new ApiError(code, failure.getMessage())));
    }
}
