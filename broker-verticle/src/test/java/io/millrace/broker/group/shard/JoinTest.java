package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.JoinGroupResponse.JoinGroupResponseMember;
import io.millrace.wire.message.SyncGroupResponse;
import org.junit.jupiter.api.Test;

/** How clients become members, and what makes a group rebalance. */
class JoinTest extends GroupTestBase {

    private static final int SIZE_MAX = 2;

    @Override
    ShardFixture fixture() {
        return new ShardFixture(new GroupSettings(6_000, 1_800_000, 3_000, SIZE_MAX, 4_096, 1_000_000));
    }

    @Test
    void aNewClientIsAskedToComeAgainWithTheIdItIsGiven() {
        TestMember a = member();

        Answer<JoinGroupResponse> first = a.join();

        assertThat(error(first)).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        assertThat(first.get().memberId()).startsWith("c").contains("-");
        assertThat(a.join().isWaiting()).isTrue();
    }

    @Test
    void anOldClientIsTakenInAtOnce() {
        assertThat(member().version(3).join().isWaiting()).isTrue();
    }

    @Test
    void anIdThatIsNotUsedInTimeIsForgotten() {
        TestMember a = member().timeouts(10_000, 60_000);
        a.join();

        fixture.advance(10_001);

        assertThat(exists()).isFalse();
        assertThat(error(a.join())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoTakesIdsAndNeverUsesThemTakesNoMoreThanSoMany() {
        TestMember first = member();
        first.join();
        for (int i = 0; i < 9_999; i++) {
            member().join();
        }
        TestMember second = member();
        TestMember third = member();
        assertThat(first.join().isWaiting()).as("at the limit").isTrue();
        second.join();
        third.join();
        member().join();

        assertThat(third.join().isWaiting()).isTrue();
        assertThat(describe().members()).hasSize(2);
    }

    @Test
    void aLongNameDoesNotMakeAnIdThatCannotBeWritten() {
        TestMember a = member().instance("d".repeat(32_767));
        stabilize(a);

        assertThat(a.memberId).hasSize(1_000 + 1 + 36);
        fixture.crash();
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void theFirstMembersWaitForEachOther() {
        TestMember a = member();
        TestMember b = member();
        Answer<JoinGroupResponse> first = a.joinTwice();
        fixture.advance(2_000);
        Answer<JoinGroupResponse> second = b.joinTwice();

        fixture.advance(2_000);
        assertThat(first.isWaiting())
                .as("somebody came, so the delay begins again")
                .isTrue();
        fixture.advance(2_000);

        assertThat(first.get().generationId()).isEqualTo(1);
        assertThat(first.get().leader()).isEqualTo(a.memberId);
        assertThat(first.get().members())
                .extracting(JoinGroupResponseMember::memberId)
                .containsExactly(a.memberId, b.memberId);
        assertThat(first.get().protocolName()).isEqualTo("range");
        assertThat(first.get().protocolType()).isEqualTo("consumer");
        assertThat(second.get().leader()).isEqualTo(a.memberId);
        assertThat(second.get().members()).as("only the leader needs to know").isEmpty();
    }

    @Test
    void theDelayNeverExceedsTheRebalanceTimeout() {
        Answer<JoinGroupResponse> answer = member().timeouts(10_000, 4_000).joinTwice();
        fixture.advance(2_000);
        member().timeouts(10_000, 4_000).joinTwice();

        fixture.advance(2_001);

        assertThat(error(answer)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aNewcomerMakesTheOthersJoinAgain() {
        TestMember a = member();
        stabilize(a);
        TestMember b = member();
        Answer<JoinGroupResponse> second = b.joinTwice();

        assertThat(state()).isEqualTo("PreparingRebalance");
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(second.isWaiting()).isTrue();
        a.join();

        assertThat(second.get().generationId()).isEqualTo(2);
        assertThat(a.generation).isEqualTo(2);
        assertThat(state()).isEqualTo("CompletingRebalance");
    }

    @Test
    void whoDoesNotJoinAgainInTimeIsOut() {
        TestMember a = member().timeouts(50_000, 20_000);
        TestMember b = member().timeouts(50_000, 20_000);
        stabilize(a, b);
        a.join();

        fixture.advance(20_001);

        assertThat(describe().members())
                .singleElement()
                .satisfies(each -> assertThat(each.memberId()).isEqualTo(a.memberId));
        assertThat(b.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aMemberThatMissedTheAnswerGetsItAgain() {
        TestMember a = member();
        TestMember b = member();
        gather(a, b);

        assertThat(a.join().get().members()).hasSize(2);
        assertThat(b.join().get().generationId()).isEqualTo(1);
        stabilizeAgain(a, b);
        assertThat(b.join().get().generationId())
                .as("nor does it change a stable group")
                .isEqualTo(1);
        assertThat(state()).isEqualTo("Stable");
    }

    private static void stabilizeAgain(TestMember a, TestMember b) {
        b.sync();
        a.sync(a, b);
    }

    @Test
    void changedMetadataMakesTheGroupRebalance() {
        TestMember a = member();
        TestMember b = member();
        stabilize(a, b);
        b.noProtocols().protocol("range", "other");

        assertThat(b.join().isWaiting()).isTrue();
        assertThat(state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void aLeaderThatComesAgainWantsARebalance() {
        TestMember a = member();
        TestMember b = member();
        stabilize(a, b);

        assertThat(a.join().isWaiting()).isTrue();
        assertThat(state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void aRebalanceSendsThoseHomeWhoWaitForAnAssignment() {
        TestMember a = member();
        TestMember b = member();
        gather(a, b);
        Answer<SyncGroupResponse> waiting = b.sync();
        a.noProtocols().protocol("range", "other");

        a.join();

        assertThat(syncError(waiting)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aSecondJoinOfOneMemberTakesThePlaceOfTheFirst() {
        TestMember a = member();
        a.joinTwice();
        Answer<JoinGroupResponse> first = a.join();
        Answer<JoinGroupResponse> second = a.join();

        assertThat(error(first)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(second.isWaiting()).isTrue();
    }

    @Test
    void aGroupTakesInNoMoreThanItMay() {
        TestMember a = member();
        TestMember b = member();
        stabilize(a, b);

        Answer<JoinGroupResponse> third = member().join();

        assertThat(error(third)).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(third.get().memberId()).isEmpty();
        assertThat(state()).isEqualTo("Stable");
        assertThat(describe().members()).hasSize(2);
    }

    @Test
    void whoCannotDoWhatTheOthersDoIsRefused() {
        TestMember a = member();
        stabilize(a);

        assertThat(error(member().noProtocols().protocol("other").join()))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(member().protocolType("connect").join())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(state()).isEqualTo("Stable");
        assertThat(describe().members()).hasSize(1);
    }

    @Test
    void aRefusedClientLeavesNoGroupBehind() {
        assertThat(error(member().noProtocols().join())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(member().protocolType("").join())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        TestMember stranger = member();
        stranger.memberId = "nobody";
        assertThat(error(stranger.join())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);

        assertThat(exists()).isFalse();
        assertThat(fixture.durableRecords()).isZero();
    }

    @Test
    void aMemberNobodyKnowsIsToldSo() {
        stabilize(member());
        TestMember stranger = member();
        stranger.memberId = "nobody";

        assertThat(error(stranger.join())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(state()).isEqualTo("Stable");
    }

    @Test
    void theGroupTakesTheProtocolThatMostWouldTakeFirstOfThoseThatAllKnow() {
        TestMember a =
                member().noProtocols().protocol("exotic").protocol("sticky").protocol("range");
        TestMember b = member().noProtocols().protocol("range").protocol("sticky");
        gather(a, b);

        assertThat(a.join().get().protocolName())
                .as("of equals, the first that was named")
                .isEqualTo("sticky");
    }

    @Test
    void anEmptyGroupMayChangeWhatItIsFor() {
        TestMember a = member();
        stabilize(a);
        a.leave();

        stabilize(member().protocolType("connect"));

        assertThat(describe().protocolType()).isEqualTo("connect");
    }
}
