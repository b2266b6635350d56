package io.millrace.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ConsumerSummaryTest {
    private static final String LINE =
            "2026-01-02 03:04:05:678, 2026-01-02 03:04:09:000, 95.3674, 28.7078, 100012, 30105.9603, 3311, 11, 8669.7627, "
                    + "9092000.5\n";

    @Test
    void countsFromTheEndOfTheRebalance() throws IOException {
        assertThat(ConsumerSummary.parse("a warning\n" + LINE)).isEqualTo(new ConsumerSummary(100_012, 9_092_000.5));
    }

    @Test
    void refusesWhatIsNoSummary() {
        assertThatThrownBy(() -> ConsumerSummary.parse("Exiting before consuming the expected number of records\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Exiting before");
        assertThatThrownBy(() -> ConsumerSummary.parse(LINE.replace("100012", "many")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("many");
    }
}
