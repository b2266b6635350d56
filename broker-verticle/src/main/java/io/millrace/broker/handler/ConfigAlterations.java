package io.millrace.broker.handler;

import io.millrace.cluster.Decider;
import io.millrace.cluster.Outcome;
import io.millrace.cluster.election.ConfigDecisions;
import io.millrace.cluster.election.TopicNames;
import io.millrace.wire.ErrorCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Performs what AlterConfigs and IncrementalAlterConfigs have in common. Any thread. */
final class ConfigAlterations {
    private record Resource(byte typeId, String name) {}

    private final ClusterDecisions decisions;
    private final ResourceConfigs configs;

    ConfigAlterations(ClusterDecisions decisions, ResourceConfigs configs) {
        this.decisions = decisions;
        this.configs = configs;
    }

    /** Changes each resource for itself, all its settings or none; completes with one error for each, in their order. */
    Future<List<ApiError>> perform(List<ConfigAlteration> wishes, boolean validateOnly) {
        Map<Resource, Integer> mentions = new HashMap<>();
        wishes.forEach(each -> mentions.merge(new Resource(each.typeId(), each.name()), 1, Integer::sum));
        List<Future<ApiError>> errors = new ArrayList<>(wishes.size());
        for (ConfigAlteration each : wishes) {
            boolean repeated = mentions.getOrDefault(new Resource(each.typeId(), each.name()), 1) > 1;
            errors.add(
                    repeated
                            ? refused(ApiError.invalidRequest("Each resource must appear at most once."))
                            : perform(each, validateOnly));
        }
        return ClusterDecisions.all(errors);
    }

    private Future<ApiError> perform(ConfigAlteration wish, boolean validateOnly) {
        if (wish.flaw().isError()) {
            return refused(wish.flaw());
        }
        ConfigResourceType type = ConfigResourceType.forId(wish.typeId());
        return switch (type) {
            case TOPIC -> alterTopic(wish, validateOnly);
            case BROKER -> alterBroker(wish, validateOnly);
            case GROUP -> alterGroup(wish, validateOnly);
            default -> refused(ApiError.invalidRequest(type.unsupported(wish.typeId())));
        };
    }

    private Future<ApiError> alterTopic(ConfigAlteration wish, boolean validateOnly) {
        if (wish.name().isEmpty()) {
            return refused(ApiError.invalidRequest("Default topic resources are not allowed."));
        }
        String problem = TopicNames.problemWith(wish.name());
        return problem != null
                ? refused(new ApiError(ErrorCode.INVALID_TOPIC_EXCEPTION, problem))
                : decide(
                        ConfigDecisions.changeTopic(wish.name(), wish.edit(), configs::problemWithTopic), validateOnly);
    }

    private Future<ApiError> alterBroker(ConfigAlteration wish, boolean validateOnly) {
        ApiError error = wish.name().isEmpty() ? ApiError.NONE : configs.problemWithBrokerId(wish.name());
        return error.isError()
                ? refused(error)
                : decide(
                        ConfigDecisions.changeBroker(wish.name(), current -> editBroker(wish, current), after -> null),
                        validateOnly);
    }

    /** The group need not exist yet. */
    private Future<ApiError> alterGroup(ConfigAlteration wish, boolean validateOnly) {
        return wish.name().isEmpty()
                ? refused(ApiError.invalidRequest("Default group resources are not allowed."))
                : decide(
                        ConfigDecisions.changeGroup(wish.name(), wish.edit(), configs::problemWithGroup), validateOnly);
    }

    /** Checks the outcome here because Kafka calls a bad setting of a broker an invalid request. */
    private Outcome<Map<String, String>> editBroker(ConfigAlteration wish, Map<String, String> current) {
        Outcome<Map<String, String>> edited = wish.edit().edit(current);
        if (edited instanceof Outcome.Accepted<Map<String, String>> after) {
            String problem = configs.problemWithBroker(after.value());
            return problem == null ? edited : new Outcome.Rejected<>(Outcome.Reason.INVALID_REQUEST, problem);
        }
        return edited;
    }

    private Future<ApiError> decide(Decider<Outcome<Map<String, String>>> decider, boolean validateOnly) {
        return decisions.decide(decider, validateOnly).map(Decided::error);
    }

    private static Future<ApiError> refused(ApiError error) {
        return Future.succeededFuture(error);
    }
}
