package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.Decider;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.Outcome;
import io.millrace.cluster.TopicImage;
import io.millrace.cluster.election.TopicDecisions;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.DeleteTopicsRequest;
import io.millrace.wire.message.DeleteTopicsRequest.DeleteTopicState;
import io.millrace.wire.message.DeleteTopicsResponse;
import io.millrace.wire.message.DeleteTopicsResponse.DeletableTopicResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * DeleteTopics, by name or, from version 6 on, by id. Each topic succeeds or fails for itself; one that is named twice,
 * in whatever way, is not deleted at all.
 */
public final class DeleteTopicsHandler implements ApiHandler<DeleteTopicsRequest, DeleteTopicsResponse> {
    private static final int FIRST_VERSION_WITH_STATES = 6;
    private static final int FIRST_VERSION_WITH_DISABLED_ERROR = 3;

    private final MetadataLog log;
    private final ClusterDecisions decisions;
    private final boolean enabled;

    DeleteTopicsHandler(MetadataLog log, ClusterDecisions decisions, boolean enabled) {
        this.log = log;
        this.decisions = decisions;
        this.enabled = enabled;
    }

    @Override
    public ApiKey key() {
        return ApiKey.DELETE_TOPICS;
    }

    @Override
    public Future<DeleteTopicsResponse> handle(RequestContext context, DeleteTopicsRequest request) {
        Map<Target, Integer> targets = targets(context.version(), request);
        long deadlineNanos = ClusterDecisions.deadlineNanos(context, request.timeoutMs());
        Set<UUID> alsoById = idsNamedTwice(log.image(), targets.keySet());
        List<Future<DeletableTopicResult>> results = new ArrayList<>(targets.size());
        targets.forEach((target, times) -> {
            ApiError error = enabled ? target.problem(times, alsoById, log.image()) : disabled(context.version());
            results.add(
                    error.isError()
                            ? Future.succeededFuture(target.failure(error))
                            : decisions
                                    .decide(target.deletion(), false, deadlineNanos)
                                    .map(target::result));
        });
        return ClusterDecisions.all(results).map(all -> new DeleteTopicsResponse().responses(all));
    }

    private static ApiError disabled(int version) {
        return new ApiError(
                version < FIRST_VERSION_WITH_DISABLED_ERROR
                        ? ErrorCode.INVALID_REQUEST
                        : ErrorCode.TOPIC_DELETION_DISABLED,
                "Topic deletion is disabled: delete.topic.enable is false.");
    }

    /** What the request names, with how many times, in the order of first mention. */
    private static Map<Target, Integer> targets(int version, DeleteTopicsRequest request) {
        Map<Target, Integer> targets = new LinkedHashMap<>();
        if (version < FIRST_VERSION_WITH_STATES) {
            request.topicNames().forEach(name -> targets.merge(new Target(name, Uuids.ZERO), 1, Integer::sum));
        } else {
            for (DeleteTopicState each : request.topics()) {
                targets.merge(new Target(each.name(), each.topicId()), 1, Integer::sum);
            }
        }
        return targets;
    }

    /** The topics that the request names by their id and by their name as well. */
    private static Set<UUID> idsNamedTwice(ClusterImage image, Set<Target> targets) {
        Set<UUID> byName = new HashSet<>();
        Set<UUID> byId = new HashSet<>();
        for (Target each : targets) {
            TopicImage topic = each.name() == null ? null : image.topic(each.name());
            if (topic != null && each.isByName()) {
                byName.add(topic.id());
            } else if (each.isById()) {
                byId.add(each.id());
            }
        }
        byName.retainAll(byId);
        return byName;
    }

    /** One topic as the request names it: by a name, or by an id other than zero. */
    private record Target(@Nullable String name, UUID id) {
        boolean isByName() {
            return name != null && id.equals(Uuids.ZERO);
        }

        boolean isById() {
            return name == null && !id.equals(Uuids.ZERO);
        }

        ApiError problem(int times, Set<UUID> namedTwice, ClusterImage image) {
            if (!isByName() && !isById()) {
                return ApiError.invalidRequest(
                        name == null
                                ? "Neither topic name nor id were specified."
                                : "You may not specify both topic name and topic id.");
            }
            if (times > 1) {
                return ApiError.invalidRequest(isByName() ? "Duplicate topic name." : "Duplicate topic id.");
            }
            TopicImage topic = name == null ? image.topic(id) : image.topic(name);
            return topic != null && namedTwice.contains(topic.id())
                    ? ApiError.invalidRequest("The provided topic name maps to an ID that was already supplied.")
                    : ApiError.NONE;
        }

        Decider<Outcome<TopicImage>> deletion() {
            return name == null ? TopicDecisions.delete(id) : TopicDecisions.delete(name);
        }

        DeletableTopicResult result(Decided<TopicImage> decided) {
            if (decided.isRefused()) {
                return failure(decided.error());
            }
            TopicImage deleted = decided.granted();
            return new DeletableTopicResult().name(deleted.name()).topicId(deleted.id());
        }

        DeletableTopicResult failure(ApiError error) {
            return new DeletableTopicResult()
                    .name(name)
                    .topicId(id)
                    .errorCode(error.code().code())
                    .errorMessage(error.message());
        }
    }
}
