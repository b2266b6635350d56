package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.wire.ErrorCode;
import java.util.List;
import java.util.UUID;

/** A group, a topic of four partitions, and two who want to read it. */
abstract class ConsumerGroupTestBase {

    static final String TOPIC = "letters";

    final ConsumerFixture fixture = new ConsumerFixture();
    final UUID topicId = fixture.topics.create(TOPIC, 4);

    /** Two who read the topic; each is a member from its first heartbeat on. */
    final TestConsumer a = member();

    final TestConsumer b = member();

    /** Another one who reads the topic. */
    final TestConsumer member() {
        return new TestConsumer(fixture).reads(TOPIC);
    }

    final TopicPartitions partitions(Integer... of) {
        return new TopicPartitions.Builder().addAll(topicId, List.of(of)).build();
    }

    final String state() {
        return fixture.group().state().title();
    }

    /** A heartbeat of each, one after the other. */
    static void beat(TestConsumer... members) {
        for (TestConsumer each : members) {
            assertThat(each.beat()).isEqualTo(ErrorCode.NONE);
        }
    }

    /** Lets members go on until nothing changes. */
    final void settle(TestConsumer... members) {
        for (int round = 0; round < 10; round++) {
            beat(members);
        }
        assertThat(state()).isEqualTo("Stable");
    }
}
