package io.millrace.perf.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final AtomicLong nanos = new AtomicLong(TimeUnit.DAYS.toNanos(300));
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void correctsItsExpectationsByWhatItHasSeen() {
        Progress progress = progress(false, 100);
        assertThat(progress.secondsLeft()).isEqualTo(100);

        nanos.addAndGet(TimeUnit.SECONDS.toNanos(20)); // for what should have taken ten
        progress.end(10);

        assertThat(progress.secondsLeft()).isEqualTo(180);
        assertThat(progress.line("x")).isEqualTo("[##----------------------]  10 %, 3 min left  x");
    }

    @Test
    void takesMoreWorkIn() {
        Progress progress = progress(false, 10);
        progress.expect(10);
        progress.end(20);
        assertThat(progress.line("x")).startsWith("[########################] 100 %, 0 s left");
    }

    @Test
    void writesOverItsLineOnATerminalOnly() {
        progress(false, 10).begin("step");
        assertThat(text()).isEmpty();
        progress(true, 10).begin("step");
        assertThat(text()).startsWith("\r").endsWith("step");
    }

    private Progress progress(boolean terminal, double expected) {
        return new Progress(new PrintStream(out, true, StandardCharsets.UTF_8), terminal, nanos::get, expected);
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
