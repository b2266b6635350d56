package io.millrace.broker.group.consumer;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import org.jspecify.annotations.Nullable;

/** What can be told of a heartbeat without its group. The words are Kafka's: tools look for them. */
public final class HeartbeatCheck {

    /** From here on clients make their ids themselves (KIP-1082). */
    private static final int FIRST_VERSION_WITH_OWN_ID = 1;

    private HeartbeatCheck() {}

    /** Null if nothing speaks against it. */
    public static @Nullable Refusal problemWith(
            ConsumerGroupHeartbeatRequest request, short version, ConsumerSettings settings) {
        int epoch = request.memberEpoch();
        boolean needsId = version >= FIRST_VERSION_WITH_OWN_ID || epoch > 0 || epoch == Progress.LEAVING_EPOCH;
        if (needsId && isBlank(request.memberId())) {
            return Refusal.invalid("MemberId can't be empty.");
        }
        if (isBlank(request.groupId())) {
            return Refusal.invalid("GroupId can't be empty.");
        }
        if (isBlank(request.instanceId())) {
            return Refusal.invalid("InstanceId can't be empty.");
        }
        if (isBlank(request.rackId())) {
            return Refusal.invalid("RackId can't be empty.");
        }
        Refusal problem = epochProblem(request);
        String assignor = request.serverAssignor();
        if (problem == null && assignor != null && !settings.hasAssignor(assignor)) {
            return new Refusal(
                    ErrorCode.UNSUPPORTED_ASSIGNOR,
                    "ServerAssignor " + assignor + " is not supported. Supported assignors: "
                            + String.join(", ", settings.assignorNames()) + ".");
        }
        return problem;
    }

    private static @Nullable Refusal epochProblem(ConsumerGroupHeartbeatRequest request) {
        int epoch = request.memberEpoch();
        if (epoch == Progress.JOINING_EPOCH) {
            return joinProblem(request);
        }
        if (epoch == Progress.LEAVING_STATIC_EPOCH && request.instanceId() == null) {
            return Refusal.invalid("InstanceId can't be null.");
        }
        return epoch < Progress.LEAVING_STATIC_EPOCH ? Refusal.invalid("MemberEpoch is invalid.") : null;
    }

    private static @Nullable Refusal joinProblem(ConsumerGroupHeartbeatRequest request) {
        if (request.rebalanceTimeoutMs() == -1) {
            return Refusal.invalid("RebalanceTimeoutMs must be provided in first request.");
        }
        if (request.topicPartitions() == null || !request.topicPartitions().isEmpty()) {
            return Refusal.invalid("TopicPartitions must be empty when (re-)joining.");
        }
        if (request.subscribedTopicNames() == null && request.subscribedTopicRegex() == null) {
            return Refusal.invalid(
                    "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.");
        }
        return null;
    }

    private static boolean isBlank(@Nullable String text) {
        return text != null && text.isBlank();
    }
}
