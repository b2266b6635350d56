package io.millrace.perf.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundTest {
    private static final String OUTPUT = """
            120 records sent, 24.0 records/sec (0.01 MB/sec), 9.0 ms avg latency, 10.0 ms max latency.
            500 records sent, 100000.5 records/sec (9.54 MB/sec), 2.50 ms avg latency, 80.00 ms max latency, 1 ms 50th, 6 ms 95th, 40 ms 99th, 79 ms 99.9th.
            """;

    @Test
    void readsTheSummaryOfTheLoadGenerator() throws IOException {
        assertThat(Round.parse(OUTPUT, 500, 0.5)).isEqualTo(new Round(100000.5, 1000, 2.5, 1, 40));
    }

    @Test
    void refusesOutputWithoutTheSummary() {
        assertThatThrownBy(() -> Round.parse(OUTPUT, 501, 0.5)).isInstanceOf(IOException.class);
    }

    @Test
    void comparesMedians() {
        List<Round> a = List.of(round(100, 5), round(300, 1), round(200, 2));
        List<Round> b = List.of(round(100, 4), round(100, 4), round(100, 4));
        Comparison comparison = new Comparison(Scenario.ALL.get(0), a, b);
        assertThat(comparison.throughputRatio()).isEqualTo(2.0);
        assertThat(comparison.cpuRatio()).isEqualTo(0.5);
    }

    private static Round round(double rate, double cpu) {
        return new Round(rate, cpu, 1, 1, 1);
    }
}
