package io.millrace.client.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.TopicPartition;
import io.millrace.client.loop.Backoff;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConsumerMembershipTest {
    private static final UUID T = new UUID(1, 1);
    private static final int SESSION = 10_000;
    private static final int INTERVAL = 2_000;
    private static final int REBALANCE = 20_000;
    private static final int DRAIN = 18_000;

    private ConsumerMembership member = member(null);
    private List<GroupEffect> effects = List.of();
    private long lastTicket;

    private static ConsumerMembership member(@Nullable String instanceId) {
        GroupOptions options = new GroupOptions(
                "g",
                instanceId,
                "rack",
                SESSION,
                1_000,
                REBALANCE,
                new Backoff(100, 100),
                List.of(Assignors.RANGE),
                "uniform");
        return new ConsumerMembership(options, "me", new Random(1));
    }

    private static Set<TopicPartition> partitions(Integer... numbers) {
        return Arrays.stream(numbers).map(each -> new TopicPartition("t", each)).collect(Collectors.toSet());
    }

    private void take() {
        effects = Stream.concat(effects.stream(), member.effects().stream()).toList();
    }

    private ConsumerGroupHeartbeatRequest sent() {
        take();
        GroupEffect.Send send = effects.stream()
                .filter(GroupEffect.Send.class::isInstance)
                .map(GroupEffect.Send.class::cast)
                .reduce((first, second) -> second)
                .orElseThrow(() -> new AssertionError("nothing is sent: " + effects));
        assertThat(send.ticket()).as("a new one").isNotEqualTo(lastTicket);
        lastTicket = send.ticket();
        return (ConsumerGroupHeartbeatRequest) send.request().build((short) 1);
    }

    private List<GroupEffect> others() {
        take();
        List<GroupEffect> others = new ArrayList<>(effects);
        others.removeIf(GroupEffect.Send.class::isInstance);
        effects = List.of();
        return others;
    }

    private static ConsumerGroupHeartbeatResponse accepted(int epoch) {
        return new ConsumerGroupHeartbeatResponse()
                .memberId("me")
                .memberEpoch(epoch)
                .heartbeatIntervalMs(INTERVAL);
    }

    private static ConsumerGroupHeartbeatResponse assigned(int epoch, Integer... numbers) {
        List<ConsumerGroupHeartbeatResponse.TopicPartitions> list = numbers.length == 0
                ? List.of()
                : List.of(new ConsumerGroupHeartbeatResponse.TopicPartitions()
                        .topicId(T)
                        .partitions(List.of(numbers)));
        return accepted(epoch).assignment(new ConsumerGroupHeartbeatResponse.Assignment().topicPartitions(list));
    }

    private static ConsumerGroupHeartbeatResponse refused(ErrorCode error) {
        return new ConsumerGroupHeartbeatResponse().errorCode(error.code());
    }

    private void answer(ConsumerGroupHeartbeatResponse response, long nowMs) {
        member.onAnswer(lastTicket, response, nowMs);
    }

    /** A member at epoch 3 that owns these, and has said so, at time 100. */
    private void settle(Integer... numbers) {
        member.onTopics(List.of(new KnownTopic("t", T, 9)), 0);
        member.subscribe(Set.of("t"), 0);
        sent();
        answer(assigned(3, numbers), 50);
        sent();
        answer(accepted(3), 100);
        assertThat(member.owned()).isEqualTo(partitions(numbers));
        others();
    }

    private static List<Integer> said(ConsumerGroupHeartbeatRequest request) {
        assertThat(request.topicPartitions()).isNotNull();
        List<Integer> numbers = new ArrayList<>();
        request.topicPartitions().forEach(each -> numbers.addAll(each.partitions()));
        return numbers;
    }

    @Test
    void saysEverythingOnceAndThenWhatHasChanged() {
        member.onTopics(List.of(new KnownTopic("t", T, 9)), 0);
        member.subscribe(Set.of("t", "s"), 0);
        ConsumerGroupHeartbeatRequest join = sent();
        assertThat(join.memberId()).isEqualTo("me");
        assertThat(join.memberEpoch()).isZero();
        assertThat(join.subscribedTopicNames()).containsExactly("s", "t");
        assertThat(join.rebalanceTimeoutMs()).isEqualTo(REBALANCE);
        assertThat(join.serverAssignor()).isEqualTo("uniform");
        assertThat(join.rackId()).isEqualTo("rack");
        assertThat(join.topicPartitions()).isEmpty();
        answer(assigned(3, 0, 1), 50);
        assertThat(others()).containsExactly(new GroupEffect.Assigned(partitions(0, 1)));
    }

    @Test
    void tellsWhatItHasComeTo() {
        member.onTopics(List.of(new KnownTopic("t", T, 9)), 0);
        member.subscribe(Set.of("t"), 0);
        sent();
        answer(assigned(3, 0, 1), 50);
        ConsumerGroupHeartbeatRequest next = sent();
        assertThat(next.memberEpoch()).isEqualTo(3);
        assertThat(said(next)).containsExactly(0, 1);
        assertThat(next.subscribedTopicNames()).isNull();
        answer(accepted(3), 60);
        assertThat(member.nextWakeUpMs()).isEqualTo(50 + INTERVAL);
        member.tick(50 + INTERVAL);
        assertThat(sent().topicPartitions()).isNull();
        assertThat(member.generation()).isEqualTo(3);
    }

    @Test
    void waitsForTheNamesOfTopics() {
        member.subscribe(Set.of("t"), 0);
        sent();
        answer(assigned(3, 0), 50);
        assertThat(others()).containsExactly(new GroupEffect.WantTopics(Set.of(), Set.of(T)));
        member.onTopics(List.of(new KnownTopic("t", T, 9)), 70);
        assertThat(others()).containsExactly(new GroupEffect.Assigned(partitions(0)));
    }

    @Test
    void givesUpBeforeItTakesMore() {
        settle(0, 1);
        member.tick(2_050);
        sent();
        answer(assigned(4, 1, 2), 2_100);
        assertThat(others()).containsExactly(new GroupEffect.Revoke(partitions(0), 2_050 + DRAIN));
        member.tick(4_050);
        assertThat(sent().topicPartitions()).as("not before it is done").isNull();
        answer(accepted(4), 4_060);
        member.onRevoked(5_000);
        assertThat(said(sent())).containsExactly(1, 2);
        assertThat(others()).containsExactly(new GroupEffect.Assigned(partitions(2)));
    }

    @Test
    void theTimeToGiveUpBeginsWithTheFirstHeartbeatThatMayHaveBeenHeard() {
        settle(0);
        member.tick(2_050);
        sent();
        member.onUnanswered(lastTicket, 3_000);
        assertThat(others()).containsExactly(new GroupEffect.CoordinatorMoved());
        member.tick(3_200);
        ConsumerGroupHeartbeatRequest again = sent();
        assertThat(again.subscribedTopicNames()).as("says everything").containsExactly("t");
        assertThat(said(again)).containsExactly(0);
        answer(assigned(4), 3_210);
        assertThat(others()).containsExactly(new GroupEffect.Revoke(partitions(0), 2_050 + DRAIN));
    }

    @Test
    void whatIsNotGivenUpInTimeIsLost() {
        settle(0, 1);
        member.tick(2_050);
        sent();
        answer(assigned(4, 1), 2_100);
        others();
        for (long at = 2_050 + INTERVAL; at < 2_050 + DRAIN; at += INTERVAL) {
            member.tick(at);
            sent();
            answer(accepted(4), at);
        }
        others();
        member.tick(2_050 + DRAIN);
        assertThat(said(sent())).containsExactly(1);
        assertThat(others()).containsExactly(new GroupEffect.Lost(partitions(0)));
        // If the coordinator does not hear that in time, it throws the member out.
        member.tick(2_050 + REBALANCE);
        assertThat(others()).containsExactly(new GroupEffect.Lost(partitions(1)));
    }

    @Test
    void fencedItLosesEverythingAndJoinsAgain() {
        for (ErrorCode error : List.of(ErrorCode.FENCED_MEMBER_EPOCH, ErrorCode.UNKNOWN_MEMBER_ID)) {
            member = member(null);
            lastTicket = 0;
            effects = List.of();
            settle(0);
            member.tick(2_050);
            sent();
            answer(refused(error), 2_060);
            ConsumerGroupHeartbeatRequest join = sent();
            assertThat(join.memberId()).isEqualTo("me");
            assertThat(join.memberEpoch()).isZero();
            assertThat(join.topicPartitions()).isEmpty();
            assertThat(others()).containsExactly(new GroupEffect.Lost(partitions(0)));
            assertThat(member.generation()).isEqualTo(-1);
        }
    }

    @Test
    void withoutAnswersItTakesItsPartitionsForLost() {
        settle(0);
        member.tick(2_050);
        sent();
        member.tick(50 + SESSION - 1);
        assertThat(others()).isEmpty();
        assertThat(member.nextWakeUpMs()).isEqualTo(50 + SESSION);
        member.tick(50 + SESSION);
        assertThat(others()).containsExactly(new GroupEffect.Lost(partitions(0)));
    }

    @Test
    void anotherSubscriptionIsSaidAtOnce() {
        settle(0);
        member.subscribe(Set.of("t", "u"), 500);
        assertThat(sent().subscribedTopicNames()).containsExactly("t", "u");
        member.subscribe(Set.of("u"), 510);
        answer(accepted(3), 520);
        assertThat(sent().subscribedTopicNames())
                .as("what came while it was under way")
                .containsExactly("u");
    }

    @Test
    void whatCannotBeMendedEndsIt() {
        settle(0);
        member.tick(2_050);
        sent();
        answer(refused(ErrorCode.GROUP_AUTHORIZATION_FAILED).errorMessage("not you"), 2_060);
        assertThat(others())
                .containsExactly(
                        new GroupEffect.Lost(partitions(0)),
                        new GroupEffect.Failed(
                                ErrorCode.GROUP_AUTHORIZATION_FAILED,
                                "group 'g': not you (GROUP_AUTHORIZATION_FAILED)"));
        assertThat(member.nextWakeUpMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void leavesWhenEverythingIsGivenUp() {
        settle(0);
        member.leave(500);
        assertThat(others()).containsExactly(new GroupEffect.Revoke(partitions(0), 50 + DRAIN));
        member.onRevoked(600);
        assertThat(sent().memberEpoch()).isEqualTo(-1);
        answer(accepted(-1), 610);
        assertThat(others()).containsExactly(new GroupEffect.Left());
    }

    @Test
    void aStaticMemberLeavesForAWhile() {
        member = member("i1");
        settle(0);
        member.leave(500);
        member.onRevoked(600);
        ConsumerGroupHeartbeatRequest leave = sent();
        assertThat(leave.memberEpoch()).isEqualTo(-2);
        assertThat(leave.instanceId()).isEqualTo("i1");
    }

    @Test
    void whoNeverJoinedJustLeaves() {
        member.leave(0);
        assertThat(others()).containsExactly(new GroupEffect.Left());
    }

    @Test
    void aTopicThatWasMadeAgainIsAnotherOne() {
        settle(0);
        UUID again = new UUID(2, 2);
        member.onTopics(List.of(new KnownTopic("t", again, 1)), 500);
        assertThat(others()).containsExactly(new GroupEffect.Revoke(partitions(0), DRAIN));
        member.onRevoked(600);
        assertThat(said(sent())).isEmpty();
        others();
        answer(
                accepted(4)
                        .assignment(new ConsumerGroupHeartbeatResponse.Assignment()
                                .topicPartitions(List.of(new ConsumerGroupHeartbeatResponse.TopicPartitions()
                                        .topicId(again)
                                        .partitions(List.of(0))))),
                620);
        assertThat(others()).containsExactly(new GroupEffect.Assigned(partitions(0)));
    }
}
