package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Which requests make no sense. */
class HeartbeatCheckTest extends ConsumerGroupTestBase {

    @Test
    void requestsThatMakeNoSenseAreRefused() {
        assertThat(problem(a.request().memberId(""))).isEqualTo("MemberId can't be empty.");
        assertThat(problem(a.request().groupId(" "))).isEqualTo("GroupId can't be empty.");
        assertThat(problem(a.request().instanceId(""))).isEqualTo("InstanceId can't be empty.");
        assertThat(problem(a.request().rackId(""))).isEqualTo("RackId can't be empty.");
        assertThat(problem(a.request().memberEpoch(-3))).isEqualTo("MemberEpoch is invalid.");
        assertThat(problem(a.request().memberEpoch(-2))).isEqualTo("InstanceId can't be null.");
        assertThat(problem(a.request().rebalanceTimeoutMs(-1)))
                .isEqualTo("RebalanceTimeoutMs must be provided in first request.");
        assertThat(problem(a.request().topicPartitions(null)))
                .isEqualTo("TopicPartitions must be empty when (re-)joining.");
        assertThat(problem(a.request().subscribedTopicNames(null)))
                .isEqualTo("Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.");
        assertThat(problem(a.request().serverAssignor("best")))
                .isEqualTo("ServerAssignor best is not supported. Supported assignors: uniform, range.");
    }

    @Test
    void requestsThatMakeSenseAreNot() {
        assertThat(HeartbeatCheck.problemWith(a.request(), (short) 1, fixture.settings()))
                .isNull();
        assertThat(HeartbeatCheck.problemWith(a.request().memberId(""), (short) 0, fixture.settings()))
                .as("the first version leaves the id to the coordinator")
                .isNull();
    }

    private String problem(ConsumerGroupHeartbeatRequest request) {
        return Objects.requireNonNull(HeartbeatCheck.problemWith(request, (short) 1, fixture.settings()))
                .message();
    }
}
