package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.consumer.HeartbeatAttempt;
import io.millrace.broker.group.shard.ConsumerHeartbeat;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Expressions are matched on a worker, and the group waits for what comes of it. */
class ShardHostRegexTest extends ShardHostTestBase {

    private ErrorCode join(String memberId) {
        ConsumerGroupHeartbeatRequest request = new ConsumerGroupHeartbeatRequest()
                .groupId("others")
                .memberId(memberId)
                .rebalanceTimeoutMs(60_000)
                .subscribedTopicRegex("l.*")
                .topicPartitions(List.of());
        List<ConsumerGroupHeartbeatResponse> answers = new ArrayList<>();
        host.submit(new ConsumerHeartbeat(
                "others", new HeartbeatAttempt(request, "client", "/host", memberId, answers::add)));
        turn();
        return ErrorCode.forCode(answers.get(0).errorCode());
    }

    /** Otherwise nothing would ever be matched again for this group, until the broker starts anew. */
    @Test
    void aGroupHearsOfItsExpressionsWhileNobodyMayAskIt() {
        host.start();
        read();
        assertThat(join("a")).isEqualTo(ErrorCode.NONE);
        assertThat(work).hasSize(1);
        store.leadership = ErrorCode.NOT_LEADER_OR_FOLLOWER;
        read();
        store.leadership = ErrorCode.NONE;
        passMs(10_000);

        assertThat(join("b")).isEqualTo(ErrorCode.NONE);

        assertThat(work).as("matched again").hasSize(1);
    }
}
