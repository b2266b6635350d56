package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.consumer.HeartbeatAttempt;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A client of the next-generation protocol. It does nothing by itself. */
final class TestModern {

    private final ShardFixture fixture;
    private final String group;
    private final String id;
    private final @Nullable String instanceId;
    int epoch;
    Set<Integer> owned = Set.of();

    TestModern(ShardFixture fixture, String group, String id, @Nullable String instanceId) {
        this.fixture = fixture;
        this.group = group;
        this.id = id;
        this.instanceId = instanceId;
    }

    Answer<ConsumerGroupHeartbeatResponse> send(int saidEpoch) {
        Answer<ConsumerGroupHeartbeatResponse> answer = new Answer<>();
        ConsumerGroupHeartbeatRequest request = new ConsumerGroupHeartbeatRequest()
                .groupId(group)
                .memberId(id)
                .instanceId(instanceId)
                .memberEpoch(saidEpoch)
                .topicPartitions(owned());
        if (saidEpoch == 0) {
            request.rebalanceTimeoutMs(60_000).subscribedTopicNames(List.of(TestMember.TOPIC));
        }
        fixture.submit(new ConsumerHeartbeat(group, new HeartbeatAttempt(request, "modern", "/here", "given", answer)));
        return answer;
    }

    private List<ConsumerGroupHeartbeatRequest.TopicPartitions> owned() {
        return owned.isEmpty()
                ? List.of()
                : List.of(new ConsumerGroupHeartbeatRequest.TopicPartitions()
                        .topicId(TestMember.TOPIC_ID)
                        .partitions(List.copyOf(owned)));
    }

    /** A heartbeat, and what the client does about the answer. After an error it begins anew with the next one. */
    ErrorCode beat() {
        ConsumerGroupHeartbeatResponse response = send(epoch).get();
        ErrorCode error = ErrorCode.forCode(response.errorCode());
        if (error == ErrorCode.NONE) {
            epoch = response.memberEpoch();
            var assignment = response.assignment();
            if (assignment != null) {
                owned = new TreeSet<>();
                assignment.topicPartitions().forEach(each -> owned.addAll(each.partitions()));
            }
        } else {
            epoch = 0;
            owned = Set.of();
        }
        return error;
    }

    void leave() {
        assertThat(send(-1).get().errorCode()).isZero();
    }

    @Override
    public String toString() {
        return id + " in " + epoch + " with " + owned;
    }
}
