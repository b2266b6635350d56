package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.cluster.TopicImage;
import io.millrace.cluster.election.TopicDecisions;
import io.millrace.wire.ApiKey;
import io.millrace.wire.message.CreatePartitionsRequest;
import io.millrace.wire.message.CreatePartitionsRequest.CreatePartitionsAssignment;
import io.millrace.wire.message.CreatePartitionsRequest.CreatePartitionsTopic;
import io.millrace.wire.message.CreatePartitionsResponse;
import io.millrace.wire.message.CreatePartitionsResponse.CreatePartitionsTopicResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** CreatePartitions: makes topics wider, each for itself. */
public final class CreatePartitionsHandler implements ApiHandler<CreatePartitionsRequest, CreatePartitionsResponse> {
    private final ClusterDecisions decisions;

    CreatePartitionsHandler(ClusterDecisions decisions) {
        this.decisions = decisions;
    }

    @Override
    public ApiKey key() {
        return ApiKey.CREATE_PARTITIONS;
    }

    @Override
    public Future<CreatePartitionsResponse> handle(RequestContext context, CreatePartitionsRequest request) {
        Map<String, List<CreatePartitionsTopic>> byName = new LinkedHashMap<>();
        request.topics()
                .forEach(each -> byName.computeIfAbsent(each.name(), name -> new ArrayList<>(1))
                        .add(each));
        long deadlineNanos = ClusterDecisions.deadlineNanos(context, request.timeoutMs());
        List<Future<CreatePartitionsTopicResult>> results = new ArrayList<>(byName.size());
        byName.forEach((name, wishes) -> results.add(
                wishes.size() > 1
                        ? Future.succeededFuture(result(name, ApiError.invalidRequest("Duplicate topic name.")))
                        : grow(wishes.get(0), request.validateOnly(), deadlineNanos)));
        return ClusterDecisions.all(results).map(all -> new CreatePartitionsResponse().results(all));
    }

    private Future<CreatePartitionsTopicResult> grow(
            CreatePartitionsTopic wish, boolean validateOnly, long deadlineNanos) {
        return decisions
                .decide(
                        TopicDecisions.addPartitions(wish.name(), wish.count(), assignments(wish)),
                        validateOnly,
                        deadlineNanos)
                .map((Decided<TopicImage> decided) -> result(wish.name(), decided.error()));
    }

    private static @Nullable List<List<Integer>> assignments(CreatePartitionsTopic wish) {
        List<CreatePartitionsAssignment> assignments = wish.assignments();
        return assignments == null
                ? null
                : assignments.stream()
                        .map(CreatePartitionsAssignment::brokerIds)
                        .toList();
    }

    private static CreatePartitionsTopicResult result(String name, ApiError error) {
        return new CreatePartitionsTopicResult()
                .name(name)
                .errorCode(error.code().code())
                .errorMessage(error.message());
    }
}
