package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What members ask to read, by name and by expression, while topics come and change. */
class ConsumerSubscriptionTest extends ConsumerGroupTestBase {

    @Test
    void aTopicThatComesLaterIsAssignedThen() {
        a.reads("later");
        a.beat();
        assertThat(a.owned.isEmpty()).isTrue();

        UUID later = fixture.topics.create("later", 2);
        a.beat();

        assertThat(a.owned.of(later)).containsExactly(0, 1);
    }

    @Test
    void aTopicThatIsCreatedAnewIsAnotherOne() {
        a.beat();

        UUID again = fixture.topics.create(TOPIC, 4);
        settle(a);

        assertThat(a.owned.topicIds()).containsExactly(again);
    }

    @Test
    void whoReadsOtherTopicsGivesUpTheOldOnes() {
        UUID other = fixture.topics.create("parcels", 2);
        settle(a, b);

        a.reads("parcels");
        settle(a, b);

        assertThat(a.owned.topicIds()).containsExactly(other);
        assertThat(b.owned).isEqualTo(partitions(0, 1, 2, 3));
        assertThat(fixture.group().reads("parcels")).isTrue();
        assertThat(fixture.group().reads("cards")).isFalse();
    }

    @Test
    void mostMembersDecideHowToAssign() {
        UUID other = fixture.topics.create("parcels", 3);
        fixture.topics.grow(TOPIC, 3);
        a.reads(TOPIC, "parcels").assignor("range");
        b.reads(TOPIC, "parcels");
        a.beat();

        settle(a, b);

        assertThat(List.of(a.owned.of(topicId), b.owned.of(topicId)))
                .containsExactlyInAnyOrder(List.of(0, 1), List.of(2));
        assertThat(a.owned.of(other)).isEqualTo(a.owned.of(topicId));
        assertThat(ConsumerViews.described(fixture.group(), fixture.topics).assignorName())
                .isEqualTo("range");
    }

    @Test
    void anExpressionIsReadOnceItIsResolved() {
        fixture.topics.create("parcels", 1);
        a.reads().regex("(letters|cards)");
        a.beat();
        assertThat(a.owned.isEmpty()).isTrue();

        fixture.resolveRegexes();
        a.beat();
        assertThat(a.owned).isEqualTo(partitions(0, 1, 2, 3));
        UUID cards = fixture.topics.create("cards", 1);
        fixture.advance(10_000 - ConsumerFixture.SESSION_MS + 1);
        fixture.resolveRegexes();
        a.beat();
        assertThat(a.owned.of(cards)).as("not so soon").isEmpty();
        for (int i = 0; i < 4; i++) {
            fixture.advance(ConsumerFixture.HEARTBEAT_MS);
            fixture.resolveRegexes();
            a.beat();
        }

        assertThat(a.owned.of(cards)).containsExactly(0);
        assertThat(fixture.group().reads("cards")).isTrue();
        fixture.crash();
        assertThat(fixture.group().reads("cards")).isTrue();
    }

    @Test
    void expressionsAreMatchedWhileSomebodyHasThem() {
        a.reads().regex("a");
        b.reads().regex("b");
        beat(a, b);
        a.regex("b").beat();
        assertThat(fixture.group().subscriptions().subscribersOf("a")).isZero();
        assertThat(fixture.group().subscriptions().subscribersOf("b")).isEqualTo(2);

        a.leave();

        assertThat(fixture.group().subscriptions().subscribersOf("b")).isEqualTo(1);
        fixture.crash();
        assertThat(fixture.group().beginResolving(fixture.topics, fixture.now()))
                .containsExactly("b");
    }

    @Test
    void anExpressionThatIsNoneIsRefused() {
        a.regex("[");

        ConsumerGroupHeartbeatResponse answer = a.send(a.request());

        assertThat(ErrorCode.forCode(answer.errorCode())).isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
        assertThat(answer.errorMessage()).contains("missing closing ]");
        assertThat(fixture.group().isVoid()).isTrue();
    }

    @Test
    void anExpressionThatNobodyHasAnyMoreIsForgotten() {
        a.reads().regex("l.*");
        b.reads().regex("l.*");
        beat(a, b);
        fixture.resolveRegexes();
        settle(a, b);
        a.regex("");
        settle(a, b);
        assertThat(fixture.group().isResolved("l.*")).isTrue();
        assertThat(a.owned.isEmpty()).isTrue();

        b.leave();

        assertThat(fixture.group().isResolved("l.*")).isFalse();
        fixture.crash();
        assertThat(fixture.group().isResolved("l.*")).isFalse();
    }
}
