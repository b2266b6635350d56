package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.FindCoordinatorRequest;
import io.millrace.wire.message.FindCoordinatorResponse;
import io.millrace.wire.message.FindCoordinatorResponse.Coordinator;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * FindCoordinator: who coordinates a group or a transactional id. No broker does yet, so the answer is that the
 * coordinator is not available, which clients take for a reason to ask again later.
 */
public final class FindCoordinatorHandler implements ApiHandler<FindCoordinatorRequest, FindCoordinatorResponse> {
    private static final int GROUP = 0;
    private static final int TRANSACTION = 1;
    private static final int NO_NODE = -1;
    private static final int FIRST_VERSION_WITH_MANY_KEYS = 4;

    @Override
    public ApiKey key() {
        return ApiKey.FIND_COORDINATOR;
    }

    @Override
    public Future<FindCoordinatorResponse> handle(RequestContext context, FindCoordinatorRequest request) {
        ApiError error = errorFor(request.keyType());
        return Future.succeededFuture(
                context.version() < FIRST_VERSION_WITH_MANY_KEYS ? forOne(error) : forMany(request, error));
    }

    private static ApiError errorFor(int keyType) {
        return keyType == GROUP || keyType == TRANSACTION
                ? new ApiError(ErrorCode.COORDINATOR_NOT_AVAILABLE, "The coordinator is not available.")
                : ApiError.invalidRequest(
                        "Unknown coordinator key type " + keyType + ": expected 0 (group) or 1" + " (transaction).");
    }

    private static FindCoordinatorResponse forOne(ApiError error) {
        return new FindCoordinatorResponse()
                .errorCode(error.code().code())
                .errorMessage(error.message())
                .nodeId(NO_NODE)
                .port(NO_NODE);
    }

    private static FindCoordinatorResponse forMany(FindCoordinatorRequest request, ApiError error) {
        List<Coordinator> coordinators =
                new ArrayList<>(request.coordinatorKeys().size());
        for (String key : request.coordinatorKeys()) {
            coordinators.add(new Coordinator()
                    .key(key)
                    .nodeId(NO_NODE)
                    .port(NO_NODE)
                    .errorCode(error.code().code())
                    .errorMessage(error.message()));
        }
        return new FindCoordinatorResponse().coordinators(coordinators);
    }
}
