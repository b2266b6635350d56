package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.wire.ErrorCode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a group makes of the beginning of a decision: the rest was in batches that a crash has kept from the disk. */
class ConsumerCrashTest {

    private static final String TOPIC = "letters";

    private static TestConsumer member(ConsumerFixture fixture) {
        return new TestConsumer(fixture).reads(TOPIC);
    }

    /** Lets members go on until nothing changes. */
    private static void settle(TestConsumer... members) {
        for (int round = 0; round < 10; round++) {
            for (TestConsumer each : members) {
                assertThat(each.beat()).isEqualTo(ErrorCode.NONE);
            }
        }
    }

    @Test
    void whateverIsOnTheDiskOfALeaveNobodysShareIsLost() {
        int removal = 4;
        for (int stored = 0; stored <= removal; stored++) {
            ConsumerFixture fixture = new ConsumerFixture();
            UUID letters = fixture.topics.create(TOPIC, 4);
            TestConsumer a = member(fixture);
            TestConsumer b = member(fixture);
            a.beat();
            settle(a, b);
            int before = fixture.durableRecords();
            a.leave();
            assertThat(fixture.durableRecords()).isEqualTo(before + removal);

            fixture.crash(before + stored);

            for (int ms = 0; ms <= ConsumerFixture.SESSION_MS; ms += 1_000) {
                assertThat(b.beat()).isEqualTo(ErrorCode.NONE);
                fixture.advance(1_000);
            }
            b.beat();
            assertThat(b.owned.of(letters)).as("%d records are there", stored).isEqualTo(List.of(0, 1, 2, 3));
        }
    }

    @Test
    void whateverIsOnTheDiskOfExpressionsTheyAreRead() {
        ConsumerFixture fixture = new ConsumerFixture();
        fixture.topics.create(TOPIC, 4);
        TestConsumer a = member(fixture);
        TestConsumer b = member(fixture).reads().regex("let.*");
        TestConsumer c = member(fixture).reads().regex(".*ers");
        a.beat();
        b.beat();
        settle(a, b, c);
        int before = fixture.durableRecords();
        fixture.resolveRegexes();
        assertThat(fixture.durableRecords()).isEqualTo(before + 3);

        fixture.crash(before + 2);

        for (int round = 0; round < 12; round++) {
            fixture.resolveRegexes();
            a.beat();
            b.beat();
            c.beat();
            fixture.advance(1_000);
        }
        assertThat(b.owned.isEmpty()).isFalse();
        assertThat(c.owned.isEmpty()).isFalse();
    }

    @Test
    void whateverIsOnTheDiskOfAGroupThatWasClassicAllIsRead() {
        int takeover = 8;
        int generation = 5;
        for (int stored = 1; stored <= takeover; stored++) {
            ConsumerFixture fixture = new ConsumerFixture();
            UUID letters = fixture.topics.create(TOPIC, 4);
            TestClassicConsumer a = new TestClassicConsumer(fixture, true);
            TestClassicConsumer b = new TestClassicConsumer(fixture, false);
            a.reads(TOPIC);
            b.reads(TOPIC);
            fixture.takeOver(
                    generation,
                    List.of(
                            a.outOf(generation, partitions(letters, 0, 1)),
                            b.outOf(generation, partitions(letters, 2, 3))));
            assertThat(fixture.durableRecords()).isEqualTo(takeover);

            fixture.crash(stored);

            TestConsumer c = member(fixture);
            for (int round = 0; round < 12; round++) {
                List.of(a, b, c).forEach(TestConsumer::beat);
                fixture.advance(1_000);
            }
            assertThat(fixture.group().state())
                    .as("%d records are there", stored)
                    .isEqualTo(ConsumerGroupState.STABLE);
            assertThat(a.owned.plus(b.owned).plus(c.owned)).isEqualTo(partitions(letters, 0, 1, 2, 3));
        }
    }

    private static TopicPartitions partitions(UUID topicId, Integer... indexes) {
        return new TopicPartitions.Builder().addAll(topicId, List.of(indexes)).build();
    }
}
