package io.millrace.broker.handler;

import io.millrace.broker.config.ConfigEntry;
import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.cluster.TopicImage;
import io.millrace.cluster.election.ConfigCheck;
import io.millrace.cluster.election.NewTopic;
import io.millrace.cluster.election.TopicDecisions;
import io.millrace.cluster.election.TopicNames;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.CreateTopicsRequest;
import io.millrace.wire.message.CreateTopicsRequest.CreatableReplicaAssignment;
import io.millrace.wire.message.CreateTopicsRequest.CreatableTopic;
import io.millrace.wire.message.CreateTopicsRequest.CreatableTopicConfig;
import io.millrace.wire.message.CreateTopicsResponse;
import io.millrace.wire.message.CreateTopicsResponse.CreatableTopicConfigs;
import io.millrace.wire.message.CreateTopicsResponse.CreatableTopicResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * CreateTopics: each topic succeeds or fails for itself. The answer goes out when clients can use the new topics, that
 * is, after their logs exist.
 */
public final class CreateTopicsHandler implements ApiHandler<CreateTopicsRequest, CreateTopicsResponse> {
    private static final int FIRST_VERSION_WITH_CONFIGS = 5;

    private final TopicCreator creator;
    private final ResourceConfigs configs;

    CreateTopicsHandler(TopicCreator creator, ResourceConfigs configs) {
        this.creator = creator;
        this.configs = configs;
    }

    @Override
    public ApiKey key() {
        return ApiKey.CREATE_TOPICS;
    }

    @Override
    public Future<CreateTopicsResponse> handle(RequestContext context, CreateTopicsRequest request) {
        Map<String, List<CreatableTopic>> byName = new LinkedHashMap<>();
        request.topics()
                .forEach(each -> byName.computeIfAbsent(each.name(), name -> new ArrayList<>(1))
                        .add(each));
        ApiError excess = excessOf(byName.values());
        long deadlineNanos = ClusterDecisions.deadlineNanos(context, request.timeoutMs());
        Rendered rendered = new Rendered(context.version() >= FIRST_VERSION_WITH_CONFIGS);
        List<Future<CreatableTopicResult>> results = new ArrayList<>(byName.size());
        byName.forEach((name, wishes) -> {
            ApiError error = excess.isError() ? excess : problemWith(name, wishes);
            results.add(
                    error.isError()
                            ? Future.succeededFuture(failure(name, error))
                            : create(wishes.get(0), request.validateOnly(), deadlineNanos, rendered));
        });
        return ClusterDecisions.all(results).map(all -> new CreateTopicsResponse().topics(all));
    }

    /** Refuses the whole request if it wants more partitions than one may. */
    private ApiError excessOf(Iterable<List<CreatableTopic>> topics) {
        long partitions = 0;
        for (List<CreatableTopic> wishes : topics) {
            CreatableTopic topic = wishes.get(0);
            boolean assigned = !topic.assignments().isEmpty();
            partitions += assigned ? topic.assignments().size() : creator.partitionsOf(topic.numPartitions());
        }
        return partitions <= TopicDecisions.NEW_PARTITIONS_MAX
                ? ApiError.NONE
                : new ApiError(
                        ErrorCode.POLICY_VIOLATION,
                        "Excessively large number of partitions per request: " + partitions
                                + " were asked for, at most " + TopicDecisions.NEW_PARTITIONS_MAX + " are allowed.");
    }

    private static ApiError problemWith(String name, List<CreatableTopic> wishes) {
        if (wishes.size() > 1) {
            return ApiError.invalidRequest("Duplicate topic name.");
        }
        if (name.equals(TopicNames.CLUSTER_METADATA)) {
            return ApiError.invalidRequest("Creation of internal topic " + name + " is prohibited.");
        }
        return ApiError.NONE;
    }

    private Future<CreatableTopicResult> create(
            CreatableTopic wish, boolean validateOnly, long deadlineNanos, Rendered rendered) {
        Map<Integer, List<Integer>> assignment = new HashMap<>();
        for (CreatableReplicaAssignment each : wish.assignments()) {
            if (assignment.put(each.partitionIndex(), each.brokerIds()) != null) {
                return Future.succeededFuture(failure(
                        wish.name(),
                        new ApiError(
                                ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                                "Found multiple manual partition assignments for partition " + each.partitionIndex())));
            }
        }
        Map<String, String> settings = new LinkedHashMap<>();
        List<String> withoutValue = new ArrayList<>();
        for (CreatableTopicConfig each : wish.configs()) {
            String value = each.value();
            if (value == null) {
                withoutValue.add(each.name());
            } else {
                settings.put(each.name(), value);
            }
        }
        NewTopic topic = new NewTopic(
                wish.name(),
                TopicCreator.newTopicId(),
                wish.numPartitions(),
                wish.replicationFactor(),
                assignment,
                settings);
        return creator.create(topic, check(withoutValue), validateOnly, deadlineNanos)
                .map(done -> result(wish, done, rendered));
    }

    private ConfigCheck check(List<String> withoutValue) {
        return withoutValue.isEmpty()
                ? configs::problemWithTopic
                : settings -> "Null value not supported for topic configs: " + String.join(",", withoutValue);
    }

    private CreatableTopicResult result(CreatableTopic wish, Decided<TopicImage> decided, Rendered rendered) {
        if (decided.isRefused()) {
            return failure(wish.name(), decided.error());
        }
        TopicImage topic = decided.granted();
        return new CreatableTopicResult()
                .name(topic.name())
                .topicId(topic.id())
                .errorMessage(null)
                .numPartitions(topic.partitions().size())
                .replicationFactor((short) topic.partitions().get(0).replicas().size())
                .configs(rendered.of(topic));
    }

    private static CreatableTopicResult failure(String name, ApiError error) {
        @Nullable String message = error.message();
        return new CreatableTopicResult()
                .name(name)
                .errorCode(error.code().code())
                .errorMessage(message);
    }

    /** The settings of created topics for the response. Topics that were created alike share one list. */
    private final class Rendered {
        private final Map<Map<String, String>, List<CreatableTopicConfigs>> byConfigs = new HashMap<>();
        private final boolean wanted;

        Rendered(boolean wanted) {
            this.wanted = wanted;
        }

        List<CreatableTopicConfigs> of(TopicImage topic) {
            return wanted ? byConfigs.computeIfAbsent(topic.configs(), key -> render(topic)) : List.of();
        }

        private List<CreatableTopicConfigs> render(TopicImage topic) {
            return configs.ofTopic(topic).stream()
                    .sorted(Comparator.comparing(ConfigEntry::name))
                    .map(entry -> new CreatableTopicConfigs()
                            .name(entry.name())
                            .value(entry.value())
                            .readOnly(entry.readOnly())
                            .configSource(entry.source().wireId()))
                    .toList();
        }
    }
}
