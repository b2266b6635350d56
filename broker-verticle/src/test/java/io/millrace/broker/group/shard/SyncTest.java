package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.SyncGroupResponse;
import org.junit.jupiter.api.Test;

/** How members get their assignments. */
class SyncTest extends GroupTestBase {

    @Test
    void everyoneGetsWhatTheLeaderAssignedOnceItIsOnTheDisk() {
        TestMember a = member();
        TestMember b = member();
        gather(a, b);
        Answer<SyncGroupResponse> follower = b.sync();
        fixture.holdDisk();
        Answer<SyncGroupResponse> leader = a.sync(a, b);

        assertThat(follower.isWaiting()).isTrue();
        assertThat(leader.isWaiting()).isTrue();
        fixture.flush();

        assertThat(assignment(leader)).isEqualTo("for " + a.memberId);
        assertThat(assignment(follower)).isEqualTo("for " + b.memberId);
        assertThat(follower.get().protocolName()).isEqualTo("range");
        assertThat(follower.get().protocolType()).isEqualTo("consumer");
        assertThat(state()).isEqualTo("Stable");
    }

    @Test
    void whoComesLateOrAgainGetsItAtOnce() {
        TestMember a = member();
        TestMember b = member();
        gather(a, b);
        a.sync(a, b);

        assertThat(assignment(b.sync())).isEqualTo("for " + b.memberId);
        assertThat(assignment(b.sync())).isEqualTo("for " + b.memberId);
    }

    @Test
    void whomTheLeaderForgotGetsNothing() {
        TestMember a = member();
        TestMember b = member();
        gather(a, b);
        a.sync(a);

        assertThat(assignment(b.sync())).isEmpty();
        assertThat(b.heartbeat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void whoNeverAsksForItsAssignmentIsOut() {
        TestMember a = member().timeouts(50_000, 20_000);
        TestMember b = member().timeouts(50_000, 20_000);
        gather(a, b);
        a.sync(a, b);

        fixture.advance(20_000);

        assertThat(describe().members()).hasSize(1);
        assertThat(state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void aStaleOrConfusedMemberIsToldSoAndChangesNothing() {
        TestMember a = member();
        stabilize(a);
        int before = fixture.durableRecords();

        assertThat(syncError(a.sync(a.syncRequest().generationId(7)))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(syncError(a.sync(a.syncRequest().memberId("nobody")))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(syncError(a.sync(a.syncRequest().protocolName("sticky"))))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(syncError(a.sync(a.syncRequest().protocolType("connect"))))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);

        assertThat(state()).isEqualTo("Stable");
        assertThat(fixture.durableRecords()).isEqualTo(before);
    }

    @Test
    void thereIsNothingToGetWhileTheGroupRebalancesOrIsNotThere() {
        TestMember a = member();
        assertThat(syncError(a.sync())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        stabilize(a);
        member().joinTwice();

        assertThat(syncError(a.sync())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void whatCannotBeWrittenHasNotHappened() {
        TestMember a = member();
        TestMember b = member();
        gather(a, b);
        Answer<SyncGroupResponse> follower = b.sync();
        fixture.holdDisk();
        Answer<SyncGroupResponse> leader = a.sync(a, b);
        fixture.completeOne(ErrorCode.KAFKA_STORAGE_ERROR);

        assertThat(syncError(leader)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(follower.isWaiting()).isTrue();
        assertThat(state()).isEqualTo("CompletingRebalance");
        fixture.flush();
        a.sync(a, b);
        assertThat(assignment(follower)).as("it may be tried again").isEqualTo("for " + b.memberId);
    }

    @Test
    void anAssignmentThatIsTooLargeToWriteIsNoReasonToTryAgain() {
        TestMember a = member();
        gather(a);
        fixture.holdDisk();
        Answer<SyncGroupResponse> leader = a.sync(a);
        fixture.completeOne(ErrorCode.MESSAGE_TOO_LARGE);

        assertThat(syncError(leader)).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
    }
}
