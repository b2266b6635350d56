package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A group is assigned to once in an interval at most, however many members come meanwhile (KIP-1263). */
class AssignmentIntervalTest {
    private static final String TOPIC = "t";
    private static final int INTERVAL_MS = 1_000;

    private final ConsumerFixture fixture = new ConsumerFixture();
    private final UUID topicId = fixture.topics.create(TOPIC, 4);

    AssignmentIntervalTest() {
        fixture.change(
                fixture.settings().withTimes(ConsumerFixture.SESSION_MS, ConsumerFixture.HEARTBEAT_MS, INTERVAL_MS));
    }

    private TestConsumer joined() {
        return joined(new TestConsumer(fixture));
    }

    private static TestConsumer joined(TestConsumer member) {
        assertThat(member.reads(TOPIC).beat()).isEqualTo(ErrorCode.NONE);
        return member;
    }

    private TopicPartitions all() {
        return new TopicPartitions.Builder()
                .addAll(topicId, List.of(0, 1, 2, 3))
                .build();
    }

    @Test
    void theFirstMemberDoesNotWait() {
        assertThat(joined().owned).isEqualTo(all());
    }

    @Test
    void norDoesTheFirstOneAfterAllHaveLeft() {
        joined().leave();

        assertThat(joined().owned).isEqualTo(all());
    }

    @Test
    void norDoesTheFirstOneInAGroupThatWasClassic() {
        TestClassicConsumer classic = new TestClassicConsumer(fixture, true);
        classic.reads(TOPIC);
        fixture.takeOver(0, List.of(classic.outOf(0, TopicPartitions.NONE)));

        TestConsumer modern = joined();

        assertThat(modern.epoch).as("0 would mean that it joins again").isEqualTo(1);
        assertThat(modern.owned.count()).isEqualTo(2);
    }

    @Test
    void whoComesWithinTheIntervalIsAssignedToAtItsEnd() {
        joined();
        TestConsumer b = joined();
        assertThat(b.epoch).as("that of the assignment that there is").isEqualTo(1);
        assertThat(fixture.group().state()).isEqualTo(ConsumerGroupState.ASSIGNING);

        fixture.advance(INTERVAL_MS - 1);
        b.beat();
        assertThat(fixture.group().targetEpoch()).isEqualTo(1);
        fixture.advance(1);
        b.beat();

        assertThat(fixture.group().targetEpoch()).isEqualTo(2);
        assertThat(fixture.group().targetOf(b.id).count()).isEqualTo(2);
    }

    @Test
    void anyMemberBringsTheAssignmentAbout() {
        TestConsumer a = joined();
        TestConsumer b = joined();
        fixture.advance(INTERVAL_MS);

        a.beat();

        assertThat(fixture.group().targetEpoch()).isEqualTo(2);
        assertThat(a.owned.count()).isEqualTo(2);
        a.beat();
        b.beat();
        assertThat(b.owned.count()).isEqualTo(2);
    }

    @Test
    void manyThatComeAtOnceAreAssignedToOnce() {
        List<TestConsumer> members = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            members.add(joined());
        }
        assertThat(fixture.group().targetEpoch()).isEqualTo(1);
        assertThat(fixture.group().epoch()).isEqualTo(50);

        fixture.advance(INTERVAL_MS);
        members.forEach(TestConsumer::beat);

        assertThat(fixture.group().targetEpoch()).isEqualTo(50);
    }

    @Test
    void whatAMemberLeavesIsAssignedAtTheEndOfTheInterval() {
        TestConsumer a = joined();
        TestConsumer b = joined();
        fixture.advance(INTERVAL_MS);
        a.beat();
        b.leave();
        int before = fixture.group().targetEpoch();

        a.beat();
        assertThat(fixture.group().targetEpoch()).isEqualTo(before);
        fixture.advance(INTERVAL_MS);
        a.beat();

        assertThat(a.owned).isEqualTo(all());
    }

    /** It would fetch its assignment, be told to join again, and so on without a pause. */
    @Test
    void aMemberOfTheClassicProtocolIsNotToldToJoinAgainForAnAssignmentThatHasToWait() {
        joined();
        TestConsumer classic = joined(new TestClassicConsumer(fixture, false));

        assertThat(told(classic)).isEqualTo(ErrorCode.NONE);
        fixture.advance(INTERVAL_MS);
        assertThat(told(classic)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        classic.beat();
        classic.beat();

        assertThat(fixture.group().targetEpoch()).isEqualTo(2);
        assertThat(classic.epoch).isEqualTo(2);
    }

    private ErrorCode told(TestConsumer classic) {
        return fixture.group().classicHeartbeat(classic.id, null, classic.epoch, fixture.topics, fixture.now());
    }

    @Test
    void theIntervalGoesOnOverARestart() {
        TestConsumer a = joined();
        fixture.advance(INTERVAL_MS - 1);
        fixture.crash();

        joined();
        assertThat(fixture.group().targetEpoch()).isEqualTo(1);
        fixture.advance(1);
        a.beat();

        assertThat(fixture.group().targetEpoch()).isEqualTo(2);
    }

    @Test
    void afterARestartNobodyWaitsForAnIntervalThatIsOver() {
        joined();
        fixture.advance(INTERVAL_MS);
        fixture.crash();

        joined();

        assertThat(fixture.group().targetEpoch()).isEqualTo(2);
    }

    @Test
    void aShorterIntervalHoldsAtOnce() {
        joined();
        joined();
        fixture.change(fixture.settings().withTimes(ConsumerFixture.SESSION_MS, ConsumerFixture.HEARTBEAT_MS, 0));

        joined();

        assertThat(fixture.group().targetEpoch()).isEqualTo(3);
    }
}
