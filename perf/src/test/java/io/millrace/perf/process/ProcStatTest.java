package io.millrace.perf.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProcStatTest {
    @Test
    void addsUserAndKernelTimeBehindAnyProcessName() {
        String stat = "4711 (a ) b) S 1 4711 4711 0 -1 4194560 5000 0 10 0 1234 66 7 8 20 0 30 0 999 1 2 3";
        assertThat(ProcStat.cpuSeconds(stat)).isEqualTo(13.0);
    }

    @Test
    void readsResidentMemory() throws IOException {
        assertThat(ProcStat.residentBytes("Name:\tjava\nVmRSS:\t  150000 kB\nThreads:\t9\n"))
                .isEqualTo(150_000L * 1024);
    }

    @Test
    void measuresThisProcess() throws IOException {
        ProcStat stat = new ProcStat(ProcessHandle.current().pid());
        assertThat(stat.cpuSeconds()).isPositive();
        assertThat(stat.residentBytes()).isGreaterThan(1 << 20);
    }
}
