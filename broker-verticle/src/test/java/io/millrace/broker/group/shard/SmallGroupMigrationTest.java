package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.consumer.HeartbeatAttempt;
import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupDescribeResponse.DescribedGroup;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where groups of the classic protocol may be no larger than two, a larger one of the other protocol cannot become one. */
class SmallGroupMigrationTest extends GroupTestBase {

    private static final int SIZE_MAX = 2;
    private static final int SESSION_MS = 10_000;

    @Override
    ShardFixture fixture() {
        GroupSettings usual = ShardFixture.SETTINGS;
        return new ShardFixture(new GroupSettings(
                usual.sessionTimeoutMinMs(),
                usual.sessionTimeoutMaxMs(),
                usual.initialRebalanceDelayMs(),
                SIZE_MAX,
                usual.offsetMetadataMax(),
                usual.offsetsRetentionMs()));
    }

    private void beat(ConsumerGroupHeartbeatRequest request) {
        Answer<ConsumerGroupHeartbeatResponse> answer = new Answer<>();
        fixture.submit(new ConsumerHeartbeat(
                GROUP, new HeartbeatAttempt(request.groupId(GROUP).memberId("a"), "client", "/here", "given", answer)));
        assertThat(answer.get().errorCode()).isZero();
    }

    private int members() {
        Answer<DescribedGroup> answer = new Answer<>();
        fixture.submit(new DescribeConsumerGroup(GROUP, answer));
        return answer.get().members().size();
    }

    @Test
    void itsMembersAreWaitedForNoLongerThanOthers() {
        beat(new ConsumerGroupHeartbeatRequest()
                .rebalanceTimeoutMs(60_000)
                .subscribedTopicNames(List.of(TestMember.TOPIC))
                .topicPartitions(List.of()));
        List<TestMember> classic = List.of(member(), member(), member());
        classic.forEach(TestMember::joinTwice);
        beat(new ConsumerGroupHeartbeatRequest().memberEpoch(-1));
        for (TestMember each : classic) {
            each.join();
            each.sync();
        }
        fixture.advance(SESSION_MS - 1);
        assertThat(members()).isEqualTo(3);
        List<TestMember> living = classic.subList(0, SIZE_MAX);
        living.forEach(each -> assertThat(each.heartbeat()).isEqualTo(ErrorCode.NONE));

        fixture.advance(SESSION_MS / 2);

        assertThat(describe().members()).hasSize(SIZE_MAX);
        assertThat(state()).isEqualTo("PreparingRebalance");
    }
}
