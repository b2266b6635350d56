package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import io.millrace.wire.message.SyncGroupResponse;
import org.junit.jupiter.api.Test;

/** Members with an instance id (KIP-345) come back into their place. */
class StaticMemberTest extends GroupTestBase {

    @Test
    void itIsTakenInAtOnce() {
        TestMember a = member().instance("desk");

        assertThat(a.join().isWaiting()).isTrue();
        fixture.advance(3_000);

        assertThat(a.memberId).startsWith("desk-");
    }

    @Test
    void whoComesBackGetsItsPlaceWithoutARebalance() {
        TestMember a = member();
        TestMember b = member().instance("desk");
        stabilize(a, b);
        TestMember again = member().instance("desk");

        Answer<JoinGroupResponse> answer = again.join();

        assertThat(error(answer)).isEqualTo(ErrorCode.NONE);
        assertThat(again.memberId).isNotEqualTo(b.memberId);
        assertThat(again.generation).isEqualTo(1);
        assertThat(answer.get().members()).isEmpty();
        assertThat(answer.get().skipAssignment()).isFalse();
        assertThat(state()).isEqualTo("Stable");
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.NONE);
        assertThat(assignment(again.sync())).isEqualTo("for " + b.memberId);
        assertThat(b.heartbeat()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(b.commit(0, 1).get()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(error(b.join())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(syncError(b.sync())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    }

    @Test
    void aLeaderThatComesBackKnowsTheMembersAndNeedNotAssign() {
        TestMember a = member().instance("desk");
        TestMember b = member();
        stabilize(a, b);

        Answer<JoinGroupResponse> answer = member().instance("desk").join();

        assertThat(answer.get().skipAssignment()).isTrue();
        assertThat(answer.get().leader()).isEqualTo(answer.get().memberId());
        assertThat(answer.get().members()).hasSize(2);
    }

    @Test
    void anOldClientThatComesBackMustNotBelieveThatItLeads() {
        TestMember a = member().instance("desk");
        stabilize(a);

        Answer<JoinGroupResponse> answer = member().version(8).instance("desk").join();

        assertThat(answer.get().leader()).isEqualTo(a.memberId);
        assertThat(answer.get().members()).isEmpty();
        assertThat(answer.get().skipAssignment()).isFalse();
    }

    @Test
    void theNewIdIsOnTheDiskBeforeItIsTold() {
        TestMember a = member().instance("desk");
        stabilize(a);
        TestMember again = member().instance("desk");
        fixture.holdDisk();

        Answer<JoinGroupResponse> answer = again.join();
        assertThat(answer.isWaiting()).isTrue();
        fixture.flush();
        fixture.crash();

        assertThat(again.heartbeat()).isEqualTo(ErrorCode.NONE);
        assertThat(assignment(again.sync())).isEqualTo("for " + a.memberId);
    }

    @Test
    void aReplacementThatCannotBeWrittenLeavesTheOldMemberInItsPlace() {
        TestMember a = member().instance("desk");
        stabilize(a);
        fixture.holdDisk();
        Answer<JoinGroupResponse> answer = member().instance("desk").join();
        fixture.completeOne(ErrorCode.KAFKA_STORAGE_ERROR);
        fixture.flush();

        assertThat(error(answer)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void whoComesBackAsSomethingElseMakesTheGroupRebalance() {
        TestMember a = member().noProtocols().protocol("range").protocol("sticky");
        TestMember b = member().instance("desk").noProtocols().protocol("range").protocol("sticky");
        stabilize(a, b);
        TestMember again = member().instance("desk").noProtocols().protocol("sticky");

        Answer<JoinGroupResponse> answer = again.join();

        assertThat(answer.isWaiting()).isTrue();
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        a.join();
        assertThat(answer.get().protocolName()).isEqualTo("sticky");
    }

    @Test
    void whoComesBackBeforeTheAssignmentIsThereMakesTheGroupRebalance() {
        TestMember a = member();
        TestMember b = member().instance("desk");
        a.joinTwice();
        b.join();
        fixture.advance(6_000);
        Answer<SyncGroupResponse> waiting = b.sync();

        member().instance("desk").join();

        assertThat(syncError(waiting)).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void twoThatCallThemselvesTheSameFenceEachOther() {
        TestMember a = member().instance("desk");
        Answer<JoinGroupResponse> first = a.join();

        Answer<JoinGroupResponse> second = member().instance("desk").join();

        assertThat(error(first)).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        fixture.advance(6_000);
        assertThat(error(second)).isEqualTo(ErrorCode.NONE);
        assertThat(describe().members()).hasSize(1);
    }

    @Test
    void theOthersGoOnWithoutOneThatIsAwayAndItsPlaceIsKeptForItsSession() {
        TestMember a = member().timeouts(10_000, 20_000);
        TestMember b = member().instance("desk").timeouts(200_000, 20_000);
        stabilize(a, b);
        Answer<JoinGroupResponse> answer = a.join();
        assertThat(answer.isWaiting()).isTrue();

        fixture.advance(20_001);

        assertThat(answer.get().members()).hasSize(2);
    }

    @Test
    void anAdministratorSendsItAwayByItsInstanceId() {
        TestMember a = member();
        TestMember b = member().instance("desk");
        stabilize(a, b);

        var left = a.leave(new MemberIdentity().memberId("").groupInstanceId("desk"));

        assertThat(left.get().members().get(0).errorCode()).isZero();
        assertThat(describe().members()).hasSize(1);
        assertThat(b.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void nobodyLeavesInTheNameOfAnother() {
        TestMember a = member().instance("desk");
        stabilize(a);

        var left = a.leave(new MemberIdentity().memberId("somebody").groupInstanceId("desk"));

        assertThat(left.get().members().get(0).errorCode()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID.code());
        assertThat(state()).isEqualTo("Stable");
    }
}
