package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import io.millrace.wire.message.LeaveGroupResponse;
import io.millrace.wire.message.LeaveGroupResponse.MemberResponse;
import org.junit.jupiter.api.Test;

/** How members show that they live, die, and leave. */
class SessionTest extends GroupTestBase {

    @Test
    void aMemberThatFallsSilentIsOutAndTheOthersRebalance() {
        TestMember a = member().timeouts(10_000, 60_000);
        TestMember b = member().timeouts(30_000, 60_000);
        stabilize(a, b);

        fixture.advance(10_001);

        assertThat(describe().members())
                .singleElement()
                .satisfies(each -> assertThat(each.memberId()).isEqualTo(b.memberId));
        assertThat(b.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        b.join();
        assertThat(b.leads()).isTrue();
    }

    @Test
    void heartbeatsAndCommitsKeepASessionAlive() {
        TestMember a = member().timeouts(10_000, 60_000);
        stabilize(a);
        for (int i = 0; i < 5; i++) {
            fixture.advance(9_000);
            assertThat(a.heartbeat()).isEqualTo(ErrorCode.NONE);
            fixture.advance(9_000);
            assertThat(a.commit(0, i).get()).isEqualTo(ErrorCode.NONE);
        }

        assertThat(state()).isEqualTo("Stable");
    }

    @Test
    void aClockThatIsSetEndsNoSession() {
        TestMember a = member();
        stabilize(a);

        fixture.setWallClock(fixture.now().wallMs() + 1_000_000);
        fixture.advance(1_000);

        assertThat(a.heartbeat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void whoWaitsForTheOthersDoesNotExpire() {
        TestMember a = member().timeouts(10_000, 60_000);
        TestMember b = member().timeouts(59_000, 60_000);
        stabilize(a, b);
        Answer<JoinGroupResponse> waiting = a.join();

        fixture.advance(40_000);
        assertThat(waiting.isWaiting()).isTrue();
        b.join();

        assertThat(error(waiting)).isEqualTo(ErrorCode.NONE);
        assertThat(describe().members()).hasSize(2);
    }

    @Test
    void aNewMemberDoesNotWaitForEver() {
        TestMember a = member().timeouts(1_000_000, 1_000_000);
        stabilize(a);
        Answer<JoinGroupResponse> newcomer =
                member().timeouts(10_000, 1_000_000).joinTwice();

        fixture.advance(5 * 60 * 1_000 + 1);

        assertThat(error(newcomer)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void theLastMemberToDieLeavesAnEmptyGroup() {
        TestMember a = member().timeouts(10_000, 60_000);
        stabilize(a);

        fixture.advance(10_001);

        assertThat(state()).isEqualTo("Empty");
        assertThat(describe().protocolType()).isEqualTo("consumer");
        fixture.crash();
        assertThat(state()).isEqualTo("Empty");
    }

    @Test
    void whatCannotBeWrittenIsTriedAgainLater() {
        TestMember a = member().timeouts(10_000, 60_000);
        stabilize(a);
        fixture.holdDisk();
        fixture.advance(10_001);
        fixture.completeOne(ErrorCode.KAFKA_STORAGE_ERROR);

        assertThat(state()).isEqualTo("Stable");
        assertThat(fixture.pendingWrites()).isZero();
        fixture.flush();
        fixture.advance(5_001);

        assertThat(state()).isEqualTo("Empty");
    }

    @Test
    void whoNeverAsksForItsAssignmentIsOutAfterAFailedWriteToo() {
        TestMember a = member().timeouts(10_000, 20_000);
        gather(a);
        for (int i = 0; i < 3; i++) {
            fixture.advance(6_000);
            a.heartbeat();
        }
        fixture.holdDisk();
        fixture.advance(2_001);
        fixture.completeOne(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(state()).isEqualTo("CompletingRebalance");

        fixture.flush();
        a.heartbeat();
        fixture.advance(5_001);

        assertThat(state()).isEqualTo("Empty");
    }

    @Test
    void heartbeatsOfTheWrongTimeOrPersonAreRefused() {
        TestMember a = member();
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        stabilize(a);
        a.generation = 0;
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        a.memberId = "nobody";
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoLeavesIsGoneAtOnce() {
        TestMember a = member();
        TestMember b = member();
        stabilize(a, b);

        Answer<LeaveGroupResponse> left = a.leave();

        assertThat(left.get().errorCode()).isZero();
        assertThat(left.get().members())
                .singleElement()
                .satisfies(each -> assertThat(each.errorCode()).isZero());
        assertThat(b.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        b.join();
        assertThat(b.generation).isEqualTo(2);
        assertThat(b.leads()).isTrue();
    }

    @Test
    void theLastToLeaveIsAnsweredWhenThatIsOnTheDisk() {
        TestMember a = member();
        stabilize(a);
        fixture.holdDisk();

        Answer<LeaveGroupResponse> left = a.leave();
        assertThat(left.isWaiting()).isTrue();
        fixture.flush();

        assertThat(left.get().errorCode()).isZero();
        assertThat(state()).isEqualTo("Empty");
    }

    @Test
    void leavingThatCannotBeWrittenHasNotHappened() {
        TestMember a = member();
        stabilize(a);
        fixture.holdDisk();
        Answer<LeaveGroupResponse> left = a.leave();
        fixture.completeOne(ErrorCode.NOT_ENOUGH_REPLICAS);
        fixture.flush();

        assertThat(left.get().errorCode()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE.code());
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void whoLeavesWhileItsJoinWaitsIsToldThere() {
        TestMember a = member();
        TestMember b = member();
        stabilize(a, b);
        Answer<JoinGroupResponse> waiting = a.join();

        a.leave();

        assertThat(error(waiting)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(waiting.get().memberId()).isEmpty();
    }

    @Test
    void manyCanLeaveAtOnceAndEachHearsForItself() {
        TestMember a = member();
        TestMember b = member();
        TestMember invited = member();
        stabilize(a, b);
        invited.join();

        Answer<LeaveGroupResponse> left = b.leave(
                new MemberIdentity().memberId(b.memberId),
                new MemberIdentity().memberId("nobody"),
                new MemberIdentity().memberId(invited.memberId),
                new MemberIdentity().memberId("").groupInstanceId("nowhere"));

        assertThat(left.get().members())
                .extracting(MemberResponse::errorCode)
                .containsExactly((short) 0, (short) 25, (short) 0, (short) 25);
        assertThat(error(invited.join())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void nobodyCanLeaveAGroupThatIsNotThere() {
        Answer<LeaveGroupResponse> left = member().leave(new MemberIdentity().memberId("nobody"));

        assertThat(left.get().errorCode()).isZero();
        assertThat(left.get().members().get(0).errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID.code());
        assertThat(exists()).isFalse();
    }

    @Test
    void aShardThatIsGivenUpAnswersEverybodyWhoWaits() {
        TestMember a = member();
        TestMember b = member();
        stabilize(a, b);
        Answer<JoinGroupResponse> waiting = a.join();
        fixture.holdDisk();
        Answer<ErrorCode> onItsWay = b.commit(0, 7);
        Answer<?> queued = fetch(TestMember.TOPIC_ID, null);

        fixture.shard().close(ErrorCode.NOT_COORDINATOR);

        assertThat(error(waiting)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(queued.isWaiting()).isFalse();
        assertThat(onItsWay.isWaiting()).as("the disk decides").isTrue();
        fixture.flush();
        assertThat(onItsWay.get()).isEqualTo(ErrorCode.NONE);
        assertThat(b.heartbeat()).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }
}
