package io.millrace.perf.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RatioTest {
    @Test
    void givesTheRangeOfFewPairsWithTheConfidenceThatItHas() {
        Ratio ratio = Ratio.of("a", "b", List.of(2.0, 1.0, 4.0, 3.0, 5.0));
        assertThat(ratio).isEqualTo(new Ratio("a", "b", 3, 1, 5, 0.9375, 5));
    }

    @Test
    void knowsNothingFromOnePair() {
        assertThat(Ratio.of("a", "b", List.of(2.0))).isEqualTo(new Ratio("a", "b", 2, 2, 2, 0, 1));
    }

    @Test
    void leavesOutExtremesWhenThereAreEnoughPairs() {
        List<Double> ratios =
                IntStream.rangeClosed(1, 20).mapToObj(i -> (double) i).toList();
        Ratio ratio = Ratio.of("a", "b", ratios);
        // The table of the sign test: with 20, from the 6th to the 15th at 95.86 %.
        assertThat(ratio.low()).isEqualTo(6);
        assertThat(ratio.high()).isEqualTo(15);
        assertThat(ratio.confidence()).isEqualTo(0.9586, within(0.0001));
    }

    @Test
    void holdsTheTrueMedianAsOftenAsItSays() {
        Random random = new Random(4711);
        int trials = 4000;
        int held = 0;
        for (int i = 0; i < trials; i++) {
            List<Double> skewed = DoubleStream.generate(() -> Math.exp(2 * random.nextGaussian()))
                    .limit(9)
                    .boxed()
                    .toList();
            Ratio ratio = Ratio.of("a", "b", skewed);
            held += ratio.low() <= 1 && 1 <= ratio.high() ? 1 : 0;
        }
        assertThat(held / (double) trials).isEqualTo(Ratio.confidence(9, 2), within(0.02));
    }
}
