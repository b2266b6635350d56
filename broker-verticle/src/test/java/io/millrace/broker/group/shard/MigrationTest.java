package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.consumer.HeartbeatAttempt;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupDescribeResponse;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import io.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.millrace.wire.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A group with members moves from one protocol to the other and back, and members of both are in it meanwhile. */
class MigrationTest extends GroupTestBase {

    private static final int SESSION_MS = 10_000;

    private TestModern modern(String id, @Nullable String instanceId) {
        return new TestModern(fixture, GROUP, id, instanceId);
    }

    private static Set<Integer> partitions(SyncGroupResponse response) {
        assertThat(ErrorCode.forCode(response.errorCode())).isEqualTo(ErrorCode.NONE);
        return TestAssignments.partitions(response.assignment());
    }

    /** Two members that have two partitions each, of a classic group. */
    private List<TestMember> classicPair() {
        TestMember a = member();
        TestMember b = member();
        a.joinTwice();
        b.joinTwice();
        fixture.advance(6_000);
        TestMember leader = a.leads() ? a : b;
        TestMember follower = a.leads() ? b : a;
        leader.sync(leader.syncRequest()
                .assignments(List.of(
                        new SyncGroupRequestAssignment()
                                .memberId(leader.memberId)
                                .assignment(TestAssignments.bytes(List.of(0, 1))),
                        new SyncGroupRequestAssignment()
                                .memberId(follower.memberId)
                                .assignment(TestAssignments.bytes(List.of(2, 3))))));
        assertThat(partitions(leader.sync().get())).containsExactly(0, 1);
        assertThat(partitions(follower.sync().get())).containsExactly(2, 3);
        return List.of(leader, follower);
    }

    private Set<Integer> joinAndSync(TestMember member) {
        assertThat(ErrorCode.forCode(member.joinTwice().get().errorCode())).isEqualTo(ErrorCode.NONE);
        return partitions(member.sync().get());
    }

    private ConsumerGroupDescribeResponse.DescribedGroup describeConsumers() {
        Answer<ConsumerGroupDescribeResponse.DescribedGroup> answer = new Answer<>();
        fixture.submit(new DescribeConsumerGroup(GROUP, answer));
        return answer.get();
    }

    @Test
    void theFirstMemberOfTheOtherProtocolTakesTheGroupWithIt() {
        List<TestMember> pair = classicPair();
        assertThat(pair.get(0).commit(0, 7).get()).isEqualTo(ErrorCode.NONE);
        TestModern c = modern("c", null);

        assertThat(c.beat()).isEqualTo(ErrorCode.NONE);

        assertThat(c.epoch).isEqualTo(pair.get(0).generation + 1);
        assertThat(c.owned).as("everything is still read by others").isEmpty();
        assertThat(describeConsumers().members())
                .extracting(each -> (int) each.memberType())
                .containsExactlyInAnyOrder(0, 0, 1);
        Set<Integer> read = new TreeSet<>();
        for (TestMember each : pair) {
            assertThat(each.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
            Set<Integer> share = joinAndSync(each);
            assertThat(share).hasSizeBetween(1, 2);
            assertThat(each.generation).isEqualTo(c.epoch);
            assertThat(each.heartbeat()).isEqualTo(ErrorCode.NONE);
            read.addAll(share);
        }
        c.beat();
        assertThat(c.owned).hasSizeBetween(1, 2).doesNotContainAnyElementsOf(read);
        read.addAll(c.owned);
        assertThat(read).containsExactly(0, 1, 2, 3);
        assertThat(fetch(0)).isEqualTo(7);

        fixture.crash();

        assertThat(describeConsumers().groupState()).isEqualTo("Stable");
        assertThat(pair.get(0).heartbeat()).isEqualTo(ErrorCode.NONE);
        assertThat(c.beat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void whoHasBeenSilentSinceBeforeIsOut() {
        TestMember living = classicPair().get(0);
        TestModern c = modern("c", null);
        c.beat();
        joinAndSync(living);

        fixture.advance(SESSION_MS - 1);
        assertThat(describeConsumers().members()).hasSize(3);
        living.heartbeat();
        fixture.advance(1);

        assertThat(describeConsumers().members())
                .extracting(each -> each.memberId())
                .containsExactlyInAnyOrder("c", living.memberId);
        joinAndSync(living);
        c.beat();
        c.beat();
        assertThat(c.owned).as("what the dead one had").hasSize(2);
    }

    @Test
    void whenTheLastOneOfTheOtherProtocolLeavesTheGroupIsClassicAgain() {
        List<TestMember> pair = classicPair();
        TestModern c = modern("c", null);
        c.beat();
        pair.forEach(this::joinAndSync);
        c.beat();

        c.leave();
        fixture.advance(0);

        assertThat(describe().groupState()).isEqualTo("PreparingRebalance");
        assertThat(describeConsumers().errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND.code());
        for (TestMember each : pair) {
            assertThat(each.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
            assertThat(each.commit(0, 8).get())
                    .as("before it gives up what it has")
                    .isEqualTo(ErrorCode.NONE);
        }
        pair.forEach(TestMember::join);
        assertThat(describe().groupState()).isEqualTo("CompletingRebalance");
        assertThat(pair.stream().filter(TestMember::leads)).hasSize(1);
        pair.forEach(each -> each.leave());
        assertThat(describe().groupState()).isEqualTo("Empty");
    }

    @Test
    void soItIsWhenThatOneFallsSilentAndAfterACrash() {
        List<TestMember> pair = classicPair();
        TestModern c = modern("c", null);
        c.beat();
        pair.forEach(this::joinAndSync);
        for (int i = 0; i < 10; i++) {
            fixture.advance(SESSION_MS / 2);
            pair.forEach(TestMember::heartbeat);
        }

        assertThat(describe().groupState()).isEqualTo("PreparingRebalance");
        fixture.crash();
        assertThat(describe().members()).hasSize(2);
        assertThat(describe().groupState())
                .as("nobody has what the other one has left")
                .isEqualTo("PreparingRebalance");
        assertThat(pair.get(0).heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        pair.forEach(TestMember::join);
        assertThat(describe().groupState()).isEqualTo("CompletingRebalance");
    }

    /** One that would like to assign otherwise than the group has agreed on. */
    private TestMember outvoted() {
        return member().noProtocols().protocol("sticky", TestMember.TOPIC).protocol("range", TestMember.TOPIC);
    }

    @Test
    void whoSyncsAsAgreedBeforeTheGroupMovedIsToJoinAgain() {
        TestMember a = member();
        TestMember b = outvoted();
        gather(a, b);
        modern("c", null).beat();

        assertThat(syncError(b.sync(b.syncRequest().protocolName("range")))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void whoSyncsAsAgreedBeforeTheGroupWentBackIsToJoinAgain() {
        TestModern c = modern("c", null);
        c.beat();
        joinAndSync(member());
        TestMember b = outvoted();
        b.joinTwice();
        c.leave();
        fixture.advance(0);

        assertThat(syncError(b.sync(b.syncRequest().protocolName("sticky"))))
                .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aClientOfTheClassicProtocolMayJoinAGroupOfTheOther() {
        TestModern a = modern("a", null);
        a.beat();
        assertThat(a.owned).hasSize(4);
        TestMember b = member();

        assertThat(joinAndSync(b)).as("it waits for what the other has").isEmpty();
        assertThat(b.heartbeat()).isEqualTo(ErrorCode.NONE);
        a.beat();
        assertThat(a.owned).hasSize(2);
        assertThat(b.heartbeat())
                .as("the other has not said that it gave it up")
                .isEqualTo(ErrorCode.NONE);
        a.beat();
        assertThat(b.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);

        assertThat(joinAndSync(b)).hasSize(2).doesNotContainAnyElementsOf(a.owned);
        assertThat(b.heartbeat()).isEqualTo(ErrorCode.NONE);
        assertThat(b.commit(0, 3).get()).isEqualTo(ErrorCode.NONE);
        b.generation--;
        assertThat(b.commit(0, 4).get()).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(b.heartbeat()).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        b.generation++;
        assertThat(b.leave().get().members().get(0).errorCode()).isZero();
        a.beat();
        assertThat(a.owned).hasSize(4);
    }

    @Test
    void whoIsToJoinAgainAndDoesNotIsOut() {
        TestModern a = modern("a", null);
        a.beat();
        TestMember b = member().timeouts(SESSION_MS, 20_000);
        joinAndSync(b);
        modern("c", null).beat();
        List<ErrorCode> heard = new ArrayList<>();

        for (int i = 0; i < 5; i++) {
            heard.add(b.heartbeat());
            fixture.advance(SESSION_MS / 2);
            a.beat();
        }

        assertThat(heard).startsWith(ErrorCode.REBALANCE_IN_PROGRESS).endsWith(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoJoinsAndDoesNotFetchWhatToReadIsOut() {
        modern("a", null).beat();
        TestMember b = member().timeouts(60_000, 20_000);
        b.joinTwice();

        fixture.advance(20_000);

        assertThat(b.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aClassicMemberFallsSilentByItsOwnSession() {
        TestModern a = modern("a", null);
        a.beat();
        TestMember b = member().timeouts(SESSION_MS, 60_000);
        joinAndSync(b);

        fixture.advance(SESSION_MS - 1);
        assertThat(describeConsumers().members()).hasSize(2);
        fixture.advance(1);

        assertThat(describeConsumers().members()).hasSize(1);
    }

    @Test
    void aStaticMemberComesBackWithTheOtherProtocolWithoutLeaving() {
        TestMember b = member().instance("desk");
        modern("a", null).beat();
        joinAndSync(b);
        TestModern again = modern("again", "desk");

        assertThat(again.beat()).isEqualTo(ErrorCode.NONE);

        assertThat(b.heartbeat()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(describeConsumers().members())
                .extracting(each -> each.memberId())
                .containsExactlyInAnyOrder("a", "again");
    }

    @Test
    void whatCannotBeWrittenChangesNothing() {
        List<TestMember> pair = classicPair();
        fixture.holdDisk();
        TestModern c = modern("c", null);
        Answer<ConsumerGroupHeartbeatResponse> answer = c.send(0);

        fixture.completeOne(ErrorCode.NOT_ENOUGH_REPLICAS);
        fixture.flush();

        assertThat(ErrorCode.forCode(answer.get().errorCode())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(describe().groupState()).isEqualTo("Stable");
        assertThat(pair.get(0).heartbeat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aMemberThatIsRefusedDoesNotDisturbTheGroup() {
        List<TestMember> pair = classicPair();
        int written = fixture.durableRecords();
        Answer<ConsumerGroupHeartbeatResponse> answer = new Answer<>();
        fixture.submit(new ConsumerHeartbeat(
                GROUP,
                new HeartbeatAttempt(
                        new ConsumerGroupHeartbeatRequest()
                                .groupId(GROUP)
                                .memberId("c")
                                .rebalanceTimeoutMs(60_000)
                                .subscribedTopicRegex("(")
                                .topicPartitions(List.of()),
                        "modern",
                        "/here",
                        "given",
                        answer)));
        assertThat(ErrorCode.forCode(answer.get().errorCode())).isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);

        fixture.advance(0);

        assertThat(fixture.durableRecords()).isEqualTo(written);
        assertThat(describe().members()).hasSize(2);
        assertThat(pair.get(0).heartbeat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void whatClassicMembersSayOfThemselvesIsCounted() {
        modern("a", null).beat();
        TestMember b = member();
        for (int i = 0; i < 50; i++) {
            b.protocol("p" + i, TestMember.TOPIC);
        }
        fixture.leaveRoomFor(3_000);

        assertThat(error(b.joinTwice())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);

        assertThat(describeConsumers().members()).hasSize(1);
        assertThat(error(member().joinTwice())).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void nothingIsHeldOfMembersThatAreGone() {
        List<TestMember> pair = classicPair();
        TestModern c = modern("c", null);
        c.beat();
        pair.forEach(this::joinAndSync);
        c.leave();
        fixture.advance(0);
        pair.forEach(each -> each.leave());

        assertThat(fixture.heldBytes()).isZero();
    }
}
