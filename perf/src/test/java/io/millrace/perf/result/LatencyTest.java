package io.millrace.perf.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LatencyTest {
    @Test
    void keepsTheWholeHistogram() {
        Histogram histogram = Latency.newHistogram();
        for (int ms = 1; ms <= 1000; ms++) {
            Latency.record(histogram, TimeUnit.MILLISECONDS.toNanos(ms));
        }

        Latency latency = Latency.of(histogram);

        assertThat(latency.decode()).isEqualTo(histogram);
        assertThat(latency.count()).isEqualTo(1000);
        assertThat(latency.ms(50)).isEqualTo(500, within(1.0));
        assertThat(latency.ms(100)).isEqualTo(1000, within(1.0));
    }

    @Test
    void claimsNoPercentileThatItHasNotSeen() {
        Histogram histogram = Latency.newHistogram();
        for (int i = 0; i < 100; i++) {
            Latency.record(histogram, 1000);
        }

        Latency latency = Latency.of(histogram);

        assertThat(latency.ms(99)).isPositive();
        assertThat(latency.ms(99.9)).isNaN();
    }

    @Test
    void countsWhatIsBeyondItsRange() {
        Histogram histogram = Latency.newHistogram();
        Latency.record(histogram, -5);
        Latency.record(histogram, TimeUnit.DAYS.toNanos(1));
        assertThat(histogram.getTotalCount()).isEqualTo(2);
    }

    @Test
    void refusesWhatIsNoHistogram() {
        assertThatThrownBy(() -> new Latency(1, List.of(), "AAAAAAAAAAAA").decode())
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new Latency(1, List.of(), null).decode()).isNull();
    }
}
