package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a shard goes on after a mistake of our own, and after writes that fail. */
class ShardHostMistakeTest extends ShardHostTestBase {

    @Test
    void afterAMistakeOfOurOwnTheLogIsReadAgain() {
        host.start();
        read();
        commit(new ArrayList<>(), 1, 8);
        Planted mistake = new Planted();

        host.submit(mistake);

        assertThat(mistake.refusals).containsExactly(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(fetchError()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        passMs(200);
        assertThat(fetch(1)).isEqualTo(8);
        assertThat(store.loads).isEqualTo(2);
    }

    @Test
    void whoMakesTheSameMistakeAgainAndAgainDoesNotKeepTheBrokerBusy() {
        host.start();
        read();
        for (int i = 0; i < 1_000; i++) {
            host.submit(new Planted());
            passMs(60);
        }

        assertThat(store.loads).isLessThan(15);
    }

    @Test
    void aMistakeMuchLaterIsTheFirstAgain() {
        host.start();
        read();
        for (int i = 0; i < 8; i++) {
            host.submit(new Planted());
            passMs(ShardHost.PAUSE_MAX_MS);
        }
        passMs(2 * ShardHost.PAUSE_MAX_MS);
        host.submit(new Planted());
        passMs(200);

        assertThat(fetch(0)).isEqualTo(7);
    }

    @Test
    void itIsReadAgainWhenEverythingAppendedHasItsOutcome() {
        host.start();
        read();
        List<ErrorCode> answers = new ArrayList<>();
        store.holds = true;
        commit(answers, 1, 8);
        host.submit(new Planted("others"));
        passMs(1_000);
        assertThat(store.loads).as("something is on its way").isEqualTo(1);

        store.completeOne(ErrorCode.NONE);
        turn();
        read();

        assertThat(answers).containsExactly(ErrorCode.NONE);
        assertThat(fetch(1)).isEqualTo(8);
    }

    @Test
    void anAppendThatThrowsHasNoOutcomeToWaitFor() {
        host.start();
        read();
        store.breaks = true;
        List<ErrorCode> answers = new ArrayList<>();

        commit(answers, 1, 8);
        passMs(200);

        assertThat(answers).containsExactly(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(fetch(0)).isEqualTo(7);
        assertThat(fetch(1)).isEqualTo(-1);
    }

    @Test
    void whatCannotBeWrittenHasNotHappened() {
        host.start();
        read();
        List<ErrorCode> answers = new ArrayList<>();
        store.holds = true;
        commit(answers, 1, 8);

        store.completeOne(ErrorCode.NOT_ENOUGH_REPLICAS);
        turn();

        assertThat(answers).containsExactly(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(fetch(1)).isEqualTo(-1);
    }
}
