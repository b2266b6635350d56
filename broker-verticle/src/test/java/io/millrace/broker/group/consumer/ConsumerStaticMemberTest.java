package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.wire.ErrorCode;
import org.junit.jupiter.api.Test;

/** Members with a place of their own, which waits for them. */
class ConsumerStaticMemberTest extends ConsumerGroupTestBase {

    @Test
    void aStaticMemberFindsItsPlaceAgain() {
        a.instance("desk");
        settle(a, b);
        TopicPartitions before = a.owned;
        int epoch = fixture.group().epoch();

        assertThat(a.pause().memberEpoch()).isEqualTo(-2);
        TestConsumer again = member().instance("desk");
        settle(again, b);

        assertThat(again.owned).isEqualTo(before);
        assertThat(fixture.group().epoch()).as("nobody else has noticed").isEqualTo(epoch);
        assertThat(fixture.group().size()).isEqualTo(2);
        assertThat(a.beat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aStaticMemberThatDoesNotComeBackIsOut() {
        a.instance("desk");
        settle(a, b);
        a.pause();
        for (int i = 0; i < 4; i++) {
            fixture.advance(ConsumerFixture.HEARTBEAT_MS);
            b.beat();
        }

        assertThat(b.owned.count()).isEqualTo(4);
    }

    @Test
    void aPlaceThatIsTakenIsNotFree() {
        a.instance("desk");
        a.beat();

        assertThat(member().instance("desk").beat()).isEqualTo(ErrorCode.UNRELEASED_INSTANCE_ID);
        assertThat(a.beat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aPlaceThatWasTakenOverIsGone() {
        a.instance("desk");
        a.beat();
        a.pause();
        b.instance("desk");
        b.beat();

        assertThat(ErrorCode.forCode(a.leave().errorCode())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(ErrorCode.forCode(member().instance("elsewhere").leave().errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }
}
