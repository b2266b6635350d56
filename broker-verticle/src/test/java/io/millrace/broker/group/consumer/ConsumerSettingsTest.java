package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Settings that change while a group has members. */
class ConsumerSettingsTest {
    private static final String TOPIC = "t";

    private final ConsumerFixture fixture = new ConsumerFixture();
    private final TestConsumer member = new TestConsumer(fixture).reads(TOPIC);

    @BeforeEach
    void join() {
        fixture.topics.create(TOPIC, 4);
        assertThat(member.beat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void membersAreToldTheNewIntervalWithTheNextAnswer() {
        fixture.change(fixture.settings().withTimes(ConsumerFixture.SESSION_MS, 4_000, 0));

        assertThat(member.send(member.request()).heartbeatIntervalMs()).isEqualTo(4_000);
    }

    @Test
    void aSessionThatHasBegunKeepsItsEnd() {
        fixture.change(fixture.settings().withTimes(1_000, 500, 0));

        fixture.advance(ConsumerFixture.SESSION_MS - 1);
        assertThat(fixture.group().size()).isEqualTo(1);
        fixture.advance(1);

        assertThat(fixture.group().isEmpty()).isTrue();
    }

    @Test
    void theNextSessionIsAsLongAsTheGroupSays() {
        fixture.change(fixture.settings().withTimes(1_000, 500, 0));
        assertThat(member.beat()).isEqualTo(ErrorCode.NONE);

        fixture.advance(999);
        assertThat(fixture.group().size()).isEqualTo(1);
        fixture.advance(1);

        assertThat(fixture.group().isEmpty()).isTrue();
    }

    @Test
    void afterARestartSessionsAreAsLongAsTheGroupSays() {
        fixture.change(fixture.settings().withTimes(30_000, 500, 0));

        fixture.crash();

        fixture.advance(29_999);
        assertThat(fixture.group().size()).isEqualTo(1);
    }
}
