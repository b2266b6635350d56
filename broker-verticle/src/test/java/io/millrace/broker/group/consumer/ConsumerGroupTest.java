package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.broker.group.decision.Decision;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import org.junit.jupiter.api.Test;

/** How members come and go, and come to what they are to read. */
class ConsumerGroupTest extends ConsumerGroupTestBase {

    @Test
    void theFirstMemberGetsEverythingAtOnce() {
        assertThat(a.beat()).isEqualTo(ErrorCode.NONE);

        assertThat(a.epoch).isEqualTo(1);
        assertThat(a.owned).isEqualTo(partitions(0, 1, 2, 3));
        assertThat(state()).isEqualTo("Stable");
    }

    @Test
    void aHeartbeatThatChangesNothingIsNotWritten() {
        a.beat();
        a.beat();
        int records = fixture.durableRecords();

        ConsumerGroupHeartbeatResponse answer = a.send(a.request());

        assertThat(answer.assignment()).as("it has not changed").isNull();
        assertThat(answer.heartbeatIntervalMs()).isEqualTo(ConsumerFixture.HEARTBEAT_MS);
        assertThat(fixture.durableRecords()).isEqualTo(records);
    }

    @Test
    void theSecondMemberWaitsUntilTheFirstHasGivenUpItsShare() {
        a.beat();

        b.beat();
        assertThat(b.owned.isEmpty()).isTrue();
        assertThat(b.epoch).isEqualTo(2);
        assertThat(state()).isEqualTo("Reconciling");
        a.beat();
        assertThat(a.owned).as("it is asked to give two up").isEqualTo(partitions(0, 1));
        assertThat(a.epoch).as("and stays in its epoch until it has").isEqualTo(1);
        b.beat();
        assertThat(b.owned.isEmpty()).as("it has not said so").isTrue();
        a.beat();
        assertThat(a.epoch).isEqualTo(2);
        b.beat();

        assertThat(b.owned).isEqualTo(partitions(2, 3));
        assertThat(state()).isEqualTo("Stable");
    }

    @Test
    void whoKeepsWhatItHasIsNotDisturbed() {
        settle(a, b);
        TopicPartitions before = a.owned;
        fixture.topics.grow(TOPIC, 6);

        settle(a, b);

        assertThat(a.owned.count()).isEqualTo(3);
        assertThat(before.minus(a.owned).isEmpty()).isTrue();
    }

    /** Their clients leave it to the coordinator to see that there is more to read. */
    @Test
    void newPartitionsAreSharedAlsoWhereOnlyMembersOfTheClassicProtocolAreLeft() {
        beat(a);
        TestConsumer classic = new TestClassicConsumer(fixture, false).reads(TOPIC);
        settle(a, classic);
        a.leave();
        settle(classic);

        fixture.topics.grow(TOPIC, 6);
        settle(classic);

        assertThat(classic.owned).isEqualTo(partitions(0, 1, 2, 3, 4, 5));
    }

    @Test
    void aClientWithoutAnIdIsGivenOne() {
        a.id = "";

        assertThat(a.send(a.request()).memberId()).isEqualTo("given");
    }

    @Test
    void whoReadsNothingIsAMemberAllTheSame() {
        a.reads();
        beat(a, b);

        settle(a, b);
        assertThat(b.owned.count()).isEqualTo(4);
        assertThat(a.owned.isEmpty()).isTrue();
    }

    @Test
    void tooManyAreTurnedAway() {
        ConsumerFixture small = new ConsumerFixture(1);
        small.topics.create(TOPIC, 4);
        TestConsumer only = new TestConsumer(small).reads(TOPIC);
        only.beat();

        assertThat(new TestConsumer(small).reads(TOPIC).beat()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(only.beat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void withoutMemoryNobodyNewIsTakenIn() {
        a.beat();
        fixture.leaveRoomFor(0);

        assertThat(member().beat()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(a.beat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void whoLeavesLeavesItsShareToTheOthers() {
        settle(a, b);

        assertThat(a.leave().memberEpoch()).isEqualTo(-1);
        assertThat(state()).isEqualTo("Assigning");
        b.beat();

        assertThat(b.owned).isEqualTo(partitions(0, 1, 2, 3));
        assertThat(state()).isEqualTo("Stable");
    }

    @Test
    void theLastToLeaveLeavesAnEmptyGroup() {
        a.beat();

        a.leave();

        assertThat(state()).isEqualTo("Empty");
        assertThat(fixture.heldBytes()).isZero();
        fixture.crash();
        assertThat(state()).isEqualTo("Empty");
        assertThat(fixture.group().isVoid()).isFalse();
    }

    @Test
    void aGroupCanBeForgotten() {
        a.regex("l.*");
        a.beat();
        fixture.resolveRegexes();
        a.leave();

        fixture.complete(new Decision(fixture.group().tombstones(), at -> {}, (error, at) -> {}));

        assertThat(fixture.group().isVoid()).isTrue();
        fixture.crash();
        assertThat(fixture.group().isVoid()).isTrue();
    }

    @Test
    void whoFallsSilentIsOut() {
        settle(a, b);
        fixture.advance(ConsumerFixture.SESSION_MS - 1);
        b.beat();

        fixture.advance(1);
        b.beat();

        assertThat(b.owned).isEqualTo(partitions(0, 1, 2, 3));
        assertThat(a.beat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoDoesNotGiveUpWhatItIsAskedForIsOut() {
        a.rebalanceTimeout(20_000);
        beat(a, b, a);
        for (int i = 0; i < 7; i++) {
            // It is alive, but has lost no partition yet.
            a.send(a.request().topicPartitions(null));
            b.beat();
            fixture.advance(ConsumerFixture.HEARTBEAT_MS);
        }
        b.beat();

        assertThat(b.owned).isEqualTo(partitions(0, 1, 2, 3));
        assertThat(a.beat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }
}
