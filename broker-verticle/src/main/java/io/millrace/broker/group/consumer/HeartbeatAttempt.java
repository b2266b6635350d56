package io.millrace.broker.group.consumer;

import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.function.Consumer;

/**
 * A member's heartbeat: it joins, goes on or leaves.
 *
 * @param request holds no bytes of its frame
 * @param newMemberId what it is going to be called if it brings no id: random, and handed in because nothing in here is.
 *     Empty if it brings one: chance costs more than the rest of a heartbeat
 * @param reply to be answered exactly once
 */
public record HeartbeatAttempt(
        ConsumerGroupHeartbeatRequest request,
        String clientId,
        String clientHost,
        String newMemberId,
        Consumer<ConsumerGroupHeartbeatResponse> reply) {

    String memberId() {
        return request.memberId().isEmpty() ? newMemberId : request.memberId();
    }

    public boolean joins() {
        return request.memberEpoch() == Progress.JOINING_EPOCH;
    }

    boolean leaves() {
        return request.memberEpoch() < Progress.JOINING_EPOCH;
    }

    /** Whether it says everything, as a client does that has lost an answer: then it is told everything. */
    boolean isFull() {
        boolean saysWhatItReads = request.subscribedTopicNames() != null || request.subscribedTopicRegex() != null;
        return joins() || (request.rebalanceTimeoutMs() >= 0 && saysWhatItReads && request.topicPartitions() != null);
    }
}
