package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.group.record.GroupPartitioner;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.TopicImage;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.FindCoordinatorRequest;
import io.millrace.wire.message.FindCoordinatorResponse;
import io.millrace.wire.message.FindCoordinatorResponse.Coordinator;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * FindCoordinator: who coordinates a group, which is the leader of its partition of {@code __consumer_offsets}. The first
 * who asks waits until that topic exists. Transactions have no coordinator: the answer is one after which clients give up
 * and show the message, not that it is not available, after which they would ask for a minute or forever.
 */
final class FindCoordinatorHandler implements ApiHandler<FindCoordinatorRequest, FindCoordinatorResponse> {
    private static final int GROUP = 0;
    private static final int TRANSACTION = 1;
    private static final int NO_NODE = -1;
    private static final int FIRST_VERSION_WITH_MANY_KEYS = 4;
    private static final ApiError NOT_AVAILABLE =
            new ApiError(ErrorCode.COORDINATOR_NOT_AVAILABLE, "The coordinator is not available.");

    private final MetadataLog log;
    private final OffsetsTopic offsets;
    private final OfflineReplicas offline;

    FindCoordinatorHandler(MetadataLog log, OffsetsTopic offsets, OfflineReplicas offline) {
        this.log = log;
        this.offsets = offsets;
        this.offline = offline;
    }

    @Override
    public ApiKey key() {
        return ApiKey.FIND_COORDINATOR;
    }

    @Override
    public Future<FindCoordinatorResponse> handle(RequestContext context, FindCoordinatorRequest request) {
        boolean many = context.version() >= FIRST_VERSION_WITH_MANY_KEYS;
        List<String> keys = many ? request.coordinatorKeys() : List.of(request.key());
        if (request.keyType() != GROUP) {
            ApiError error = errorFor(request.keyType(), many);
            return Future.succeededFuture(
                    response(many, keys.stream().map(key -> failed(key, error)).toList()));
        }
        return offsets.get().map(topic -> {
            ListenerView view = new ListenerView(log.image(), context.connection(), offline);
            return response(
                    many,
                    keys.stream().map(key -> coordinator(key, topic, view)).toList());
        });
    }

    /**
     * Kafka's clients give up for every error that is unknown here, and show the message, but not that of an authorization.
     * librdkafka gives up for that one alone, and is told by its version: it asks for one key at a time.
     */
    private static ApiError errorFor(int keyType, boolean many) {
        if (keyType != TRANSACTION) {
            return ApiError.invalidRequest(
                    "Unknown coordinator key type " + keyType + ": expected 0 (group) or 1 (transaction).");
        }
        return new ApiError(
                many ? ErrorCode.INVALID_REQUEST : ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
                "This broker has no transactions: producers must be without transactional.id.");
    }

    private static Coordinator coordinator(String group, @Nullable TopicImage topic, ListenerView view) {
        if (topic == null) {
            return failed(group, NOT_AVAILABLE);
        }
        int index = GroupPartitioner.partitionOf(group, topic.partitions().size());
        ListenerView.Node node = view.node(view.leaderOf(topic, index));
        return node == null
                ? failed(group, NOT_AVAILABLE)
                : new Coordinator()
                        .key(group)
                        .nodeId(node.id())
                        .host(node.host())
                        .port(node.port());
    }

    private static Coordinator failed(String key, ApiError error) {
        return new Coordinator()
                .key(key)
                .nodeId(NO_NODE)
                .port(NO_NODE)
                .errorCode(error.code().code())
                .errorMessage(error.message());
    }

    private static FindCoordinatorResponse response(boolean many, List<Coordinator> coordinators) {
        if (many) {
            return new FindCoordinatorResponse().coordinators(coordinators);
        }
        Coordinator one = coordinators.get(0);
        return new FindCoordinatorResponse()
                .errorCode(one.errorCode())
                .errorMessage(one.errorMessage())
                .nodeId(one.nodeId())
                .host(one.host())
                .port(one.port());
    }
}
