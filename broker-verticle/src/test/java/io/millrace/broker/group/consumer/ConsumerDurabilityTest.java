package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupDescribeResponse.DescribedGroup;
import org.junit.jupiter.api.Test;

/** What a group is after a restart, and after writes that fail. */
class ConsumerDurabilityTest extends ConsumerGroupTestBase {

    @Test
    void everythingIsKnownAfterARestart() {
        b.instance("desk");
        beat(a, b, a);
        DescribedGroup before = ConsumerViews.described(fixture.group(), fixture.topics);
        long held = fixture.heldBytes();

        fixture.crash();

        assertThat(ConsumerViews.described(fixture.group(), fixture.topics)).isEqualTo(before);
        assertThat(fixture.heldBytes()).isEqualTo(held);
        assertThat(fixture.group().ownerOf(topicId, 3))
                .as("it has not given it up")
                .isEqualTo(a.id);
        settle(a, b);
    }

    @Test
    void sessionsBeginAnewAfterARestart() {
        a.beat();
        fixture.advance(ConsumerFixture.SESSION_MS - 1);
        fixture.crash();
        fixture.advance(ConsumerFixture.SESSION_MS - 1);

        assertThat(a.beat()).isEqualTo(ErrorCode.NONE);
        fixture.crash();
        fixture.advance(ConsumerFixture.SESSION_MS);
        assertThat(state()).isEqualTo("Empty");
    }

    @Test
    void whatCannotBeWrittenHasNotHappened() {
        a.beat();
        fixture.writesEnd(ErrorCode.NOT_ENOUGH_REPLICAS);

        assertThat(b.beat()).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(ErrorCode.forCode(a.leave().errorCode())).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        fixture.writesEnd(ErrorCode.NONE);

        assertThat(fixture.group().size()).isEqualTo(1);
        settle(a, b);
    }

    @Test
    void anExpiryThatCannotBeWrittenIsTriedAgainLater() {
        a.beat();
        fixture.writesEnd(ErrorCode.NOT_ENOUGH_REPLICAS);
        fixture.advance(ConsumerFixture.SESSION_MS + 1);
        assertThat(state()).isEqualTo("Stable");
        fixture.writesEnd(ErrorCode.NONE);

        fixture.advance(5_001);

        assertThat(state()).isEqualTo("Empty");
    }
}
