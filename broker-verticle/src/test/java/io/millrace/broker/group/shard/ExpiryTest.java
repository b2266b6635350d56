package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.OffsetCommitRequest;
import org.junit.jupiter.api.Test;

/** When offsets are forgotten (KIP-211), and when they must not be. */
class ExpiryTest extends GroupTestBase {

    private static final long RETENTION_MS = ShardFixture.SETTINGS.offsetsRetentionMs();

    @Test
    void offsetsOfALiveGroupAreKeptHoweverOld() {
        TestMember a = member();
        stabilize(a);
        a.commit(0, 5);

        stayAlive(a, 3 * RETENTION_MS);
        fixture.expire();

        assertThat(fetch(0)).isEqualTo(5);
    }

    @Test
    void aLiveGroupForgetsTopicsThatItsMembersDoNotRead() {
        TestMember a = member();
        stabilize(a);
        a.commit(0, 5);
        a.noProtocols().protocol("range", "other");
        a.join();
        a.sync(a);

        stayAlive(a, RETENTION_MS - 1);
        fixture.expire();
        assertThat(fetch(0)).isEqualTo(5);
        stayAlive(a, 1);
        fixture.expire();

        assertThat(fetch(0)).isEqualTo(-1);
        assertThat(state()).isEqualTo("Stable");
    }

    @Test
    void afterARestartCountsWhatMembersHaveSaidLast() {
        TestMember a = member().noProtocols().protocol("range", "other").protocol("roundrobin", "other");
        stabilize(a);
        a.commit(0, 5);
        a.noProtocols().protocol("roundrobin", TestMember.TOPIC);
        a.join();
        a.sync(a);

        fixture.crash();
        stayAlive(a, RETENTION_MS);
        fixture.expire();

        assertThat(fetch(0)).isEqualTo(5);
        TestMember b = member().noProtocols().protocol("roundrobin", TestMember.TOPIC);
        b.joinTwice();
        assertThat(state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void nothingIsForgottenWhileAGroupRebalances() {
        TestMember a = member();
        stabilize(a);
        a.commit(0, 5);
        a.noProtocols().protocol("range", "other");
        a.timeouts(10_000, Integer.MAX_VALUE);
        a.join();
        fixture.setWallClock(fixture.now().wallMs() + 2 * RETENTION_MS);
        fixture.expire();

        assertThat(state()).isEqualTo("CompletingRebalance");
        assertThat(fetch(0)).isEqualTo(5);
    }

    /** What they say of topics is their own affair, even where it looks like what consumers say. */
    @Test
    void nothingIsForgottenWhereMembersAreNoConsumers() {
        TestMember a = member().protocolType("connect").noProtocols().protocol("range", "other");
        stabilize(a);
        a.commit(0, 5);

        stayAlive(a, 2 * RETENTION_MS);
        fixture.expire();

        assertThat(fetch(0)).isEqualTo(5);
    }

    @Test
    void anEmptyGroupKeepsItsOffsetsFromWhenTheLastMemberLeft() {
        TestMember a = member();
        stabilize(a);
        a.commit(0, 5);
        stayAlive(a, RETENTION_MS);
        a.leave();

        fixture.advance(RETENTION_MS - 1);
        fixture.expire();
        assertThat(fetch(0)).isEqualTo(5);
        fixture.crash();
        fixture.advance(1);
        fixture.expire();

        assertThat(fetch(0)).isEqualTo(-1);
        assertThat(exists()).as("nor is there anything else to know").isFalse();
        fixture.crash();
        assertThat(exists()).isFalse();
    }

    @Test
    void offsetsOfNobodysGroupAreKeptFromTheirCommit() {
        member().commit(0, 5);
        fixture.advance(RETENTION_MS - 1);
        member().commit(1, 6);
        fixture.advance(1);

        fixture.expire();

        assertThat(fetch(0)).isEqualTo(-1);
        assertThat(fetch(1)).isEqualTo(6);
    }

    @Test
    void whoAskedForATimeOfItsOwnGetsIt() {
        member().commit(4, new OffsetCommitRequest().retentionTimeMs(1_000), 0, 5, "");
        member().commit(1, 6);
        fixture.crash();
        fixture.advance(999);
        fixture.expire();
        assertThat(fetch(0)).isEqualTo(5);

        fixture.advance(1);
        fixture.expire();

        assertThat(fetch(0)).isEqualTo(-1);
        assertThat(fetch(1)).isEqualTo(6);
    }

    @Test
    void aCommitOnItsWayIsNotForgottenWithTheOneBeforeIt() {
        member().commit(0, 5);
        fixture.advance(RETENTION_MS);
        fixture.holdDisk();
        member().commit(0, 6);

        fixture.expire();
        fixture.flush();

        assertThat(fetch(0)).isEqualTo(6);
    }

    @Test
    void aThousandGroupsAreNotWrittenAtOnce() {
        for (int i = 0; i < 1_000; i++) {
            new TestMember(fixture, "g" + i).commit(0, i);
        }
        fixture.advance(RETENTION_MS);
        fixture.holdDisk();

        fixture.expire();
        assertThat(fixture.pendingWrites()).isBetween(1, 50);
        fixture.deleteTopic(TestMember.TOPIC_ID);
        assertThat(fixture.pendingWrites()).isBetween(1, 50);
        fixture.flush();
        fixture.advance(0);

        assertThat(fixture.shard().list()).isEmpty();
    }

    @Test
    void manyGroupsAreLookedAtInManySteps() {
        for (int i = 0; i < 1_000; i++) {
            new TestMember(fixture, "g" + i).commit(0, i);
        }
        fixture.shard().expire(fixture.now());

        fixture.shard().onTime(fixture.now());

        assertThat(fixture.shard().nextWakeMs())
                .as("there is more to look at")
                .isEqualTo(fixture.now().steadyMs());
        fixture.advance(0);
        assertThat(fixture.shard().nextWakeMs()).isEqualTo(Moment.NEVER);
    }

    @Test
    void whatCouldNotBeForgottenIsForgottenLater() {
        member().commit(0, 5);
        fixture.holdDisk();
        fixture.deleteTopic(TestMember.TOPIC_ID);
        fixture.completeOne(ErrorCode.NOT_ENOUGH_REPLICAS);
        fixture.flush();
        assertThat(fetch(0)).isEqualTo(5);

        fixture.expire();

        assertThat(fetch(0)).isEqualTo(-1);
    }

    @Test
    void whoIsAboutToJoinKeepsAnEmptyGroup() {
        TestMember a = member();
        a.join();

        fixture.expire();

        assertThat(a.join().isWaiting()).isTrue();
    }

    private void stayAlive(TestMember member, long ms) {
        // Steady time need not pass for offsets to grow old.
        fixture.setWallClock(fixture.now().wallMs() + ms);
        member.heartbeat();
    }
}
