package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import org.junit.jupiter.api.Test;

/** Heartbeats that a group need not be asked about. All tests of heartbeats take them, too, where they can. */
class PulseTest extends GroupTestBase {

    @Test
    void whoHasBeenHeardInAGenerationIsTakenWithoutAsking() {
        TestMember a = member().instance("desk");
        stabilize(a);
        assertThat(fixture.beats(a.heartbeatRequest())).isFalse();

        a.heartbeatInTheGroup();

        assertThat(fixture.beats(a.heartbeatRequest())).isTrue();
        assertThat(fixture.beats(a.heartbeatRequest().groupInstanceId(null))).isTrue();
        assertThat(fixture.beats(a.heartbeatRequest().groupInstanceId("shelf"))).isFalse();
        assertThat(fixture.beats(a.heartbeatRequest().generationId(a.generation + 1)))
                .isFalse();
        assertThat(fixture.beats(a.heartbeatRequest().groupId("another"))).isFalse();
        assertThat(fixture.beats(a.heartbeatRequest().memberId("another"))).isFalse();
    }

    @Test
    void theyKeepASessionAlive() {
        TestMember a = member().timeouts(10_000, 60_000);
        stabilize(a);
        a.heartbeatInTheGroup();
        for (int i = 0; i < 5; i++) {
            fixture.advance(9_000);
            assertThat(fixture.beats(a.heartbeatRequest())).isTrue();
        }
        assertThat(state()).isEqualTo("Stable");

        fixture.advance(10_001);

        assertThat(state()).isEqualTo("Empty");
        assertThat(fixture.beats(a.heartbeatRequest())).isFalse();
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aRebalanceIsHeardOf() {
        TestMember a = member().timeouts(10_000, 60_000);
        stabilize(a);
        a.heartbeatInTheGroup();
        fixture.advance(9_000);
        assertThat(fixture.beats(a.heartbeatRequest())).isTrue();

        member().joinTwice();

        assertThat(fixture.beats(a.heartbeatRequest())).isFalse();
        // What was heard before the rebalance counts.
        fixture.advance(9_000);
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void whoIsGoneIsForgotten() {
        TestMember a = member();
        TestMember b = member();
        stabilize(a, b);
        a.heartbeatInTheGroup();
        b.heartbeatInTheGroup();
        assertThat(fixture.shard().pulses().count()).isEqualTo(2);

        a.leave();

        assertThat(fixture.shard().pulses().count()).isZero();
        assertThat(fixture.beats(a.heartbeatRequest())).isFalse();
    }

    @Test
    void aShardThatIsGivenUpTakesNothing() {
        TestMember a = member();
        stabilize(a);
        a.heartbeatInTheGroup();

        fixture.shard().close(ErrorCode.NOT_COORDINATOR);

        assertThat(fixture.beats(a.heartbeatRequest())).isFalse();
    }
}
