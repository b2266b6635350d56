package io.millrace.client.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.TopicPartition;
import io.millrace.client.loop.Backoff;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.HeartbeatResponse;
import io.millrace.wire.message.JoinGroupRequest;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.LeaveGroupRequest;
import io.millrace.wire.message.LeaveGroupResponse;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.message.SyncGroupResponse;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClassicMembershipTest {
    private static final int SESSION = 10_000;
    private static final int HEARTBEAT = 1_000;
    private static final int REBALANCE = 20_000;
    private static final int DRAIN = 18_000;

    private ClassicMembership member = member(Assignors.RANGE, null);
    private List<GroupEffect> effects = List.of();
    private long lastTicket;

    private static ClassicMembership member(PartitionAssignor assignor, @Nullable String instanceId) {
        GroupOptions options = new GroupOptions(
                "g", instanceId, "rack", SESSION, HEARTBEAT, REBALANCE, new Backoff(100, 100), List.of(assignor), null);
        return new ClassicMembership(options, new Random(1));
    }

    private static Set<TopicPartition> partitions(int... numbers) {
        return java.util.Arrays.stream(numbers)
                .mapToObj(each -> new TopicPartition("t", each))
                .collect(Collectors.toSet());
    }

    /** The request that was sent last, which has to be of this kind. */
    private <T extends ApiMessage> T sent(Class<T> type, int version) {
        take();
        GroupEffect.Send send = effects.stream()
                .filter(GroupEffect.Send.class::isInstance)
                .map(GroupEffect.Send.class::cast)
                .reduce((first, second) -> second)
                .orElseThrow(() -> new AssertionError("nothing is sent: " + effects));
        lastTicket = send.ticket();
        return type.cast(send.request().build((short) version));
    }

    private void take() {
        List<GroupEffect> newer = member.effects();
        effects = Stream.concat(effects.stream(), newer.stream()).toList();
    }

    /** All effects since the last call, but for what is sent. */
    private List<GroupEffect> others() {
        take();
        List<GroupEffect> others = new ArrayList<>(effects);
        others.removeIf(GroupEffect.Send.class::isInstance);
        effects = List.of();
        return others;
    }

    private void answer(ApiMessage response, long nowMs) {
        member.onAnswer(lastTicket, response, nowMs);
    }

    private static JoinGroupResponse joined(int generation) {
        return new JoinGroupResponse()
                .generationId(generation)
                .protocolName("range")
                .leader("other")
                .memberId("m1");
    }

    private static SyncGroupResponse synced(Set<TopicPartition> partitions) {
        return new SyncGroupResponse().assignment(ConsumerProtocol.assignment(partitions));
    }

    /** A member in generation 3, at time 100. */
    private void settle(Set<TopicPartition> partitions) {
        member.subscribe(Set.of("t"), 0);
        sent(JoinGroupRequest.class, 9);
        answer(joined(3).protocolName(protocol()), 50);
        sent(SyncGroupRequest.class, 5);
        answer(synced(partitions), 100);
        assertThat(member.owned()).isEqualTo(partitions);
        others();
    }

    private String protocol() {
        JoinGroupRequest request = sent(JoinGroupRequest.class, 9);
        return request.protocols().get(0).name();
    }

    private void heartbeat(ErrorCode error, long sentMs, long nowMs) {
        member.tick(sentMs);
        sent(HeartbeatRequest.class, 4);
        answer(new HeartbeatResponse().errorCode(error.code()), nowMs);
    }

    @Test
    void joinsAsTheProtocolWantsIt() {
        member = member(Assignors.STICKY, null);
        member.subscribe(Set.of("b", "a"), 0);
        JoinGroupRequest first = sent(JoinGroupRequest.class, 9);
        assertThat(first.memberId()).isEmpty();
        assertThat(first.protocolType()).isEqualTo("consumer");
        assertThat(first.sessionTimeoutMs()).isEqualTo(SESSION);
        assertThat(first.rebalanceTimeoutMs()).isEqualTo(REBALANCE);
        assertThat(first.protocols())
                .singleElement()
                .satisfies(each -> assertThat(each.name()).isEqualTo("sticky"));
        answer(
                new JoinGroupResponse()
                        .errorCode(ErrorCode.MEMBER_ID_REQUIRED.code())
                        .memberId("m1"),
                10);
        JoinGroupRequest second = sent(JoinGroupRequest.class, 9);
        assertThat(second.memberId()).isEqualTo("m1");
        answer(joined(3).protocolName("sticky"), 20);
        SyncGroupRequest sync = sent(SyncGroupRequest.class, 5);
        assertThat(sync.generationId()).isEqualTo(3);
        assertThat(sync.assignments()).isEmpty();
        answer(synced(Set.of(new TopicPartition("a", 0))), 30);
        assertThat(others()).containsExactly(new GroupEffect.Assigned(Set.of(new TopicPartition("a", 0))));
        assertThat(member.memberId()).isEqualTo("m1");
        assertThat(member.generation()).isEqualTo(3);
        assertThat(member.nextWakeUpMs()).isEqualTo(30 + HEARTBEAT);
    }

    @Test
    void theLeaderAssignsOnceItKnowsAllTopics() {
        member.subscribe(Set.of("t"), 0);
        sent(JoinGroupRequest.class, 9);
        JoinGroupResponse.JoinGroupResponseMember me = new JoinGroupResponse.JoinGroupResponseMember()
                .memberId("m1")
                .metadata(ConsumerProtocol.subscription(Set.of("t"), null, Set.of(), -1, null));
        JoinGroupResponse.JoinGroupResponseMember other = new JoinGroupResponse.JoinGroupResponseMember()
                .memberId("m2")
                .metadata(ConsumerProtocol.subscription(Set.of("t", "u"), null, Set.of(), -1, null));
        answer(joined(3).leader("m1").members(List.of(me, other)), 10);
        assertThat(others()).containsExactly(new GroupEffect.WantTopics(Set.of("t", "u"), Set.of()));
        member.onTopics(List.of(new KnownTopic("t", Uuids.ZERO, 4), new KnownTopic("u", Uuids.ZERO, 0)), 20);
        Map<String, Set<TopicPartition>> assignment = sent(SyncGroupRequest.class, 5).assignments().stream()
                .collect(Collectors.toMap(
                        SyncGroupRequest.SyncGroupRequestAssignment::memberId,
                        each -> ConsumerProtocol.readAssignment(each.assignment())));
        assertThat(assignment).isEqualTo(Map.of("m1", partitions(0, 1), "m2", partitions(2, 3)));
        answer(synced(partitions(0, 1)), 30);
        others();

        member.onTopics(List.of(new KnownTopic("t", Uuids.ZERO, 4)), 40);
        assertThat(others()).as("nothing new").isEmpty();
        member.onTopics(List.of(new KnownTopic("t", Uuids.ZERO, 5)), 50);
        assertThat(others()).singleElement().isInstanceOf(GroupEffect.Revoke.class);
    }

    @Test
    void aStaticLeaderThatIsBackDoesNotAssign() {
        member = member(Assignors.RANGE, "i1");
        member.subscribe(Set.of("t"), 0);
        assertThat(sent(JoinGroupRequest.class, 9).groupInstanceId()).isEqualTo("i1");
        JoinGroupResponse.JoinGroupResponseMember me = new JoinGroupResponse.JoinGroupResponseMember()
                .memberId("m1")
                .metadata(ConsumerProtocol.subscription(Set.of("t"), null, Set.of(), -1, null));
        answer(joined(3).leader("m1").members(List.of(me)).skipAssignment(true), 10);
        assertThat(sent(SyncGroupRequest.class, 5).assignments()).isEmpty();
    }

    @Test
    void givesEverythingUpBeforeItJoinsAgain() {
        settle(partitions(0, 1));
        heartbeat(ErrorCode.REBALANCE_IN_PROGRESS, 1_100, 1_120);
        // The rebalance may have begun when the last answer without one was on its way.
        assertThat(others()).containsExactly(new GroupEffect.Revoke(partitions(0, 1), 50 + DRAIN));
        heartbeat(ErrorCode.REBALANCE_IN_PROGRESS, 2_100, 2_120);
        assertThat(others()).isEmpty();
        member.onRevoked(2_500);
        JoinGroupRequest join = sent(JoinGroupRequest.class, 9);
        assertThat(join.memberId()).isEqualTo("m1");
        assertThat(member.owned()).isEmpty();
    }

    @Test
    void whatIsNotGivenUpInTimeIsLost() {
        settle(partitions(0, 1));
        heartbeat(ErrorCode.REBALANCE_IN_PROGRESS, 1_100, 1_120);
        others();
        for (long at = 2_100; at < 50 + DRAIN; at += HEARTBEAT) {
            heartbeat(ErrorCode.REBALANCE_IN_PROGRESS, at, at + 10);
        }
        member.tick(50 + DRAIN);
        assertThat(others()).containsExactly(new GroupEffect.Lost(partitions(0, 1)));
        member.onRevoked(50 + DRAIN + 5);
        assertThat(others()).as("too late").isEmpty();
    }

    @Test
    void aCooperativeMemberGivesUpOnlyWhatItDoesNotGetBack() {
        member = member(Assignors.COOPERATIVE_STICKY, null);
        settle(partitions(0, 1));
        heartbeat(ErrorCode.REBALANCE_IN_PROGRESS, 1_100, 1_120);
        assertThat(member.owned()).isEqualTo(partitions(0, 1));
        JoinGroupRequest join = sent(JoinGroupRequest.class, 9);
        GroupMember said = ConsumerProtocol.member(
                new JoinGroupResponse.JoinGroupResponseMember()
                        .metadata(join.protocols().get(0).metadata()),
                Assignors.COOPERATIVE_STICKY);
        assertThat(said.owned()).isEqualTo(partitions(0, 1));
        assertThat(said.generation()).isEqualTo(3);
        answer(joined(4).protocolName("cooperative-sticky"), 1_200);
        sent(SyncGroupRequest.class, 5);
        answer(synced(partitions(1, 2)), 1_250);
        assertThat(others())
                .containsExactly(
                        new GroupEffect.Assigned(partitions(2)), new GroupEffect.Revoke(partitions(0), 1_200 + DRAIN));
        member.onRevoked(1_300);
        sent(JoinGroupRequest.class, 9);
        assertThat(member.owned()).isEqualTo(partitions(1, 2));
    }

    @Test
    void withoutAnswersItTakesItsPartitionsForLost() {
        settle(partitions(0));
        member.tick(1_100);
        sent(HeartbeatRequest.class, 4);
        member.onUnanswered(lastTicket, 2_000);
        assertThat(others()).containsExactly(new GroupEffect.CoordinatorMoved());
        member.tick(50 + SESSION - 1);
        assertThat(others()).isEmpty();
        assertThat(member.nextWakeUpMs()).isLessThanOrEqualTo(50 + SESSION);
        member.tick(50 + SESSION);
        assertThat(others()).containsExactly(new GroupEffect.Lost(partitions(0)));
    }

    @Test
    void aJoinThatIsHeldBackIsNoReasonToLoseAnything() {
        member = member(Assignors.COOPERATIVE_STICKY, null);
        settle(partitions(0));
        heartbeat(ErrorCode.REBALANCE_IN_PROGRESS, 1_100, 1_120);
        sent(JoinGroupRequest.class, 9);
        assertThat(member.nextWakeUpMs()).isEqualTo(Long.MAX_VALUE);
        member.tick(15_000);
        assertThat(others()).isEmpty();
        answer(joined(4).protocolName("cooperative-sticky"), 15_000);
        sent(SyncGroupRequest.class, 5);
        answer(synced(partitions(0)), 29_000);
        member.tick(29_000);
        assertThat(others()).as("nor is a sync").isEmpty();
        assertThat(member.owned()).isEqualTo(partitions(0));
    }

    @Test
    void aJoinThatWasLostIs() {
        member = member(Assignors.COOPERATIVE_STICKY, null);
        settle(partitions(0));
        heartbeat(ErrorCode.REBALANCE_IN_PROGRESS, 1_100, 1_120);
        sent(JoinGroupRequest.class, 9);
        member.onUnanswered(lastTicket, 1_500);
        member.tick(1_700);
        sent(JoinGroupRequest.class, 9);
        others();
        member.tick(1_100 + SESSION);
        assertThat(others()).containsExactly(new GroupEffect.Lost(partitions(0)));
    }

    @Test
    void whatItHasLostWhileItJoinedMakesItJoinAgain() {
        member = member(Assignors.COOPERATIVE_STICKY, null);
        settle(partitions(0));
        heartbeat(ErrorCode.REBALANCE_IN_PROGRESS, 1_100, 1_120);
        sent(JoinGroupRequest.class, 9);
        member.onUnanswered(lastTicket, 1_500);
        member.tick(1_700);
        sent(JoinGroupRequest.class, 9);
        member.tick(1_100 + SESSION);
        answer(joined(4).protocolName("cooperative-sticky"), 12_000);
        sent(SyncGroupRequest.class, 5);
        answer(synced(Set.of()), 12_100);
        // Partition 0 was withheld from others, as the join has claimed it.
        sent(JoinGroupRequest.class, 9);
    }

    @Test
    void aCoordinatorThatDoesNotKnowItMakesItBeginAnew() {
        settle(partitions(0));
        heartbeat(ErrorCode.UNKNOWN_MEMBER_ID, 1_100, 1_120);
        assertThat(others()).containsExactly(new GroupEffect.Lost(partitions(0)));
        assertThat(member.generation()).isEqualTo(-1);
        member.tick(2_000);
        assertThat(sent(JoinGroupRequest.class, 9).memberId()).isEmpty();
        answer(new JoinGroupResponse().errorCode(ErrorCode.NOT_COORDINATOR.code()), 2_010);
        assertThat(others()).containsExactly(new GroupEffect.CoordinatorMoved());
    }

    @Test
    void anotherGenerationKeepsTheMemberId() {
        settle(partitions(0));
        heartbeat(ErrorCode.ILLEGAL_GENERATION, 1_100, 1_120);
        assertThat(others()).containsExactly(new GroupEffect.Lost(partitions(0)));
        member.tick(2_000);
        assertThat(sent(JoinGroupRequest.class, 9).memberId()).isEqualTo("m1");
    }

    @Test
    void whatCannotBeMendedEndsIt() {
        settle(partitions(0));
        heartbeat(ErrorCode.FENCED_INSTANCE_ID, 1_100, 1_120);
        List<GroupEffect> end = others();
        assertThat(end).first().isEqualTo(new GroupEffect.Lost(partitions(0)));
        assertThat(end).last().isInstanceOfSatisfying(GroupEffect.Failed.class, failed -> {
            assertThat(failed.error()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
            assertThat(failed.message()).contains("group 'g'", "FENCED_INSTANCE_ID");
        });
        assertThat(member.nextWakeUpMs()).isEqualTo(Long.MAX_VALUE);
        member.tick(100_000);
        member.leave(100_000);
        assertThat(others()).isEmpty();
    }

    @Test
    void anAssignmentThatCannotBeReadEndsIt() {
        member.subscribe(Set.of("t"), 0);
        sent(JoinGroupRequest.class, 9);
        answer(joined(3), 50);
        sent(SyncGroupRequest.class, 5);
        answer(new SyncGroupResponse().assignment(Unpooled.wrappedBuffer(new byte[] {9})), 100);
        assertThat(others()).singleElement().isInstanceOf(GroupEffect.Failed.class);
    }

    @Test
    void leavesWhenEverythingIsGivenUp() {
        settle(partitions(0, 1));
        member.leave(500);
        assertThat(others()).containsExactly(new GroupEffect.Revoke(partitions(0, 1), 50 + DRAIN));
        heartbeat(ErrorCode.NONE, 1_100, 1_120);
        member.onRevoked(1_200);
        LeaveGroupRequest leave = sent(LeaveGroupRequest.class, 5);
        assertThat(leave.members())
                .singleElement()
                .satisfies(each -> assertThat(each.memberId()).isEqualTo("m1"));
        assertThat(sent(LeaveGroupRequest.class, 2).memberId()).isEqualTo("m1");
        answer(new LeaveGroupResponse(), 1_250);
        assertThat(others()).containsExactly(new GroupEffect.Left());
    }

    @Test
    void aStaticMemberOnlyStops() {
        member = member(Assignors.RANGE, "i1");
        settle(partitions(0));
        member.leave(500);
        member.onRevoked(600);
        assertThat(others()).containsExactly(new GroupEffect.Revoke(partitions(0), 50 + DRAIN), new GroupEffect.Left());
    }

    @Test
    void anotherSubscriptionIsAReasonToJoinAgain() {
        settle(partitions(0));
        member.subscribe(Set.of("t"), 500);
        assertThat(others()).isEmpty();
        member.subscribe(Set.of("t", "u"), 600);
        assertThat(others()).singleElement().isInstanceOf(GroupEffect.Revoke.class);
    }

    @Test
    void optionsSayWhatIsWrongWithThem() {
        assertThatThrownBy(() -> GroupOptions.of("")).hasMessageContaining("group.id is empty");
        assertThatThrownBy(() -> new GroupOptions(
                        "g", null, null, 10, 10, 10, new Backoff(1, 1), List.of(Assignors.RANGE), null))
                .hasMessageContaining("heartbeat.interval.ms is 10");
        assertThatThrownBy(() ->
                        new GroupOptions("g", null, null, 10, 3, 0, new Backoff(1, 1), List.of(Assignors.RANGE), null))
                .hasMessageContaining("max.poll.interval.ms is 0");
        assertThatThrownBy(() -> new GroupOptions("g", null, null, 10, 3, 10, new Backoff(1, 1), List.of(), null))
                .hasMessageContaining("partition.assignment.strategy is empty");
    }
}
