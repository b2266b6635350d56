package io.millrace.perf.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.perf.result.Ceilings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CeilingProbeTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void findsAllCeilingsAndLeavesNothing() throws Exception {
        Ceilings ceilings = CeilingProbe.measure(folder, 0.2);

        assertThat(ceilings.diskWriteBytesPerSecond()).isPositive();
        assertThat(ceilings.syncsPerSecond()).isPositive();
        assertThat(ceilings.syncs().decode()).isNotNull();
        assertThat(ceilings.loopbackBytesPerSecond()).isPositive();
        assertThat(ceilings.loopbackRoundTripsPerSecond()).isPositive();
        assertThat(folder).isEmptyDirectory();
    }
}
