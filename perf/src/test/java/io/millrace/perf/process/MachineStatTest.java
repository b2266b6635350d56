package io.millrace.perf.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class MachineStatTest {
    private static final MachineStat BEFORE =
            MachineStat.parse("cpu  100 50 50 1000 20 5 5 10 90 80\ncpu0 1 2 3\n", 40);

    @Test
    void takesOurTimeFromTheTimeOfAll() {
        MachineStat after = MachineStat.parse("cpu  200 70 130 1650 40 15 25 110 95 85\n", 140);
        // 1,000 ticks in all: 200 busy, of which 100 ours; 100 stolen
        assertThat(after.otherLoadSince(BEFORE)).isEqualTo(0.1, within(1e-9));
        assertThat(after.stealSince(BEFORE)).isEqualTo(0.1, within(1e-9));
    }

    @Test
    void isNeverLessThanNothing() {
        MachineStat after = MachineStat.parse("cpu  110 50 50 1090 20 5 5 10 90 80\n", 60);
        assertThat(after.otherLoadSince(BEFORE)).isZero();
        assertThat(BEFORE.otherLoadSince(BEFORE)).isZero();
    }

    @Test
    void measuresThisMachine() throws IOException {
        MachineStat now = MachineStat.now();
        assertThat(now.totalTicks()).isGreaterThan(now.busyTicks());
        assertThat(now.ourTicks()).isPositive();
    }
}
