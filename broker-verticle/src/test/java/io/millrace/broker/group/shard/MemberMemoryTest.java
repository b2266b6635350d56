package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.SyncGroupResponse;
import org.junit.jupiter.api.Test;

/** What members say is counted as long as it is kept, and nobody may say more than there is room for. */
class MemberMemoryTest extends GroupTestBase {

    private static final String LONG_NAME = "x".repeat(5_000);

    @Test
    void whatWaitsForTheOthersIsCounted() {
        TestMember a = member().noProtocols().protocol("range", LONG_NAME).protocol("roundrobin", LONG_NAME);

        a.joinTwice();

        assertThat(fixture.heldBytes()).isBetween(10_000L, 12_000L);
    }

    @Test
    void everythingIsGivenBackWhenMembersGo() {
        TestMember a = member();
        TestMember b = member().instance("desk");
        stabilize(a, b);
        b.memberId = "";
        b.join();
        a.noProtocols().protocol("range", LONG_NAME);
        a.join();
        b.join();
        a.sync(a, b);
        member().join();
        assertThat(fixture.heldBytes()).isPositive();

        b.leave();
        fixture.advance(60_000);

        assertThat(state()).isEqualTo("Empty");
        assertThat(fixture.heldBytes()).isZero();
    }

    @Test
    void aStartCountsWhatIsInTheLog() {
        TestMember a = member().noProtocols().protocol("range", LONG_NAME);
        stabilize(a);
        long before = fixture.heldBytes();

        fixture.crash();

        assertThat(fixture.heldBytes()).isEqualTo(before);
    }

    @Test
    void aShardThatIsGivenUpHoldsNothing() {
        TestMember a = member();
        TestMember b = member();
        stabilize(a, b);
        a.noProtocols().protocol("range", LONG_NAME);
        Answer<JoinGroupResponse> waiting = a.join();

        fixture.shard().close(ErrorCode.NOT_COORDINATOR);

        assertThat(error(waiting)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(fixture.heldBytes()).isZero();
    }

    @Test
    void newcomersForWhomThereIsNoRoomComeAgainAndMembersStay() {
        TestMember a = member();
        stabilize(a);
        fixture.leaveRoomFor(0);

        assertThat(error(member().join())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);

        assertThat(a.heartbeat()).isEqualTo(ErrorCode.NONE);
        assertThat(error(a.join())).as("it says what it has said before").isEqualTo(ErrorCode.NONE);
        a.sync();
        fixture.leaveRoomFor(10_000);
        assertThat(error(member().join())).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
    }

    @Test
    void aMemberMayNotSayMoreThanThereIsRoomFor() {
        TestMember a = member();
        stabilize(a);
        fixture.leaveRoomFor(1_000);
        a.noProtocols().protocol("range", LONG_NAME);

        assertThat(error(a.join())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);

        assertThat(state()).isEqualTo("Stable");
    }

    /** Or a group that holds what it is given could never rebalance again while others have taken the rest. */
    @Test
    void itsLeaderMayAssignAsMuchAsBefore() {
        TestMember a = member();
        TestMember b = member();
        stabilize(a, b);
        fixture.leaveRoomFor(0);
        a.join();
        b.join();
        b.sync();

        assertThat(assignment(a.sync(a, b))).isEqualTo("for " + a.memberId);

        assertThat(state()).isEqualTo("Stable");
    }

    @Test
    void norMayItsLeaderAssignMore() {
        TestMember a = member();
        gather(a);
        fixture.leaveRoomFor(0);

        Answer<SyncGroupResponse> refused = a.sync(a);

        assertThat(syncError(refused)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        fixture.leaveRoomFor(1_000);
        assertThat(assignment(a.sync(a))).isEqualTo("for " + a.memberId);
    }
}
