package io.millrace.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.perf.report.Verdict.Noise;
import io.millrace.perf.result.Ratio;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final Ratio TWICE = Ratio.of("a", "b", List.of(1.9, 1.95, 2.0, 2.05, 2.1, 2.2));

    @Test
    void dependsOnWhatIsBetter() {
        assertThat(Verdict.of(TWICE, true, Optional.empty())).isEqualTo(Verdict.BETTER);
        assertThat(Verdict.of(TWICE, false, Optional.empty())).isEqualTo(Verdict.WORSE);
    }

    @Test
    void isUnclearWhenTheIntervalHoldsOne() {
        Ratio ratio = Ratio.of("a", "b", List.of(0.9, 1.5, 1.6, 1.7, 1.8, 1.9));
        assertThat(Verdict.of(ratio, true, Optional.empty())).isEqualTo(Verdict.UNCLEAR);
    }

    @Test
    void isUnclearWithinWhatChanceGivesInEitherDirection() {
        Ratio twin = Ratio.of("c", "b", List.of(0.4, 0.8, 1.0, 1.0, 1.1, 1.1));
        assertThat(Verdict.of(TWICE, true, Optional.of(Noise.of(twin)))).isEqualTo(Verdict.UNCLEAR);
    }

    @Test
    void takesFewRoundsForNothing() {
        assertThat(Verdict.of(Ratio.of("a", "b", List.of(2.0, 2.0)), true, Optional.empty()))
                .isEqualTo(Verdict.FEW);
    }

    @Test
    void holdsOneInTheNoiseEvenIfTheTwinsDifferInOneDirection() {
        Noise noise = Noise.of(Ratio.of("c", "b", List.of(1.2, 1.3, 1.3, 1.3, 1.4, 1.5)));
        assertThat(noise.holds(1)).isTrue();
        assertThat(noise.high()).isEqualTo(1.5);
        assertThat(noise.low()).isEqualTo(1 / 1.5);
    }
}
