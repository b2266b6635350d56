package io.millrace.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.perf.result.Latency.Point;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProducerSummaryTest {
    private static final String ONE = """
            In steady state.
            120 records sent, 24.0 records/sec (0.01 MB/sec), 9.0 ms avg latency, 10.0 ms max latency.
            600 records sent, 90000.5 records/sec (9.54 MB/sec), 3.50 ms avg latency, 90.00 ms max latency, 2 ms 50th, 7 ms 95th, 50 ms 99th, 89 ms 99.9th.
            500 steady state records sent, 100000.0 records/sec (9.54 MB/sec), 2.50 ms avg latency, 80.00 ms max latency, 1 ms 50th, 6 ms 95th, 40 ms 99th, 79 ms 99.9th.
            """;

    @Test
    void readsWhatCameAfterTheWarmUp() throws IOException {
        ProducerSummary summary = ProducerSummary.parse(ONE, 1);
        assertThat(summary.recordsPerSecond()).isEqualTo(100_000);
        assertThat(summary.seconds()).isEqualTo(0.005);
        assertThat(summary.latency().count()).isEqualTo(500);
        assertThat(summary.latency().points())
                .isEqualTo(List.of(
                        new Point(50, 1),
                        new Point(95, 6),
                        new Point(99, 40),
                        new Point(99.9, 79),
                        new Point(100, 80)));
    }

    @Test
    void severalProducersAreAsFastAsTheSlowestLetsThem() throws IOException {
        ProducerSummary summary = ProducerSummary.parse(ONE + ONE.replace("100000.0", "50000.0"), 2);
        assertThat(summary.seconds()).isEqualTo(0.01);
        assertThat(summary.recordsPerSecond()).isEqualTo(100_000);
    }

    @Test
    void refusesOutputInWhichOneIsMissing() {
        assertThatThrownBy(() -> ProducerSummary.parse(ONE, 2))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1 summaries of 2 producers");
    }
}
