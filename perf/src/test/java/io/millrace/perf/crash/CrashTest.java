package io.millrace.perf.crash;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The short form of {@code millrace-perf crash}, against the jar that this build made. */
@Tag("jar")
class CrashTest {
    @Test
    void keepsEveryAcknowledgedRecordThroughThreeKills() {
        int exit = new CommandLine(new CrashCommand()).execute("--kills", "3");
        assertThat(exit)
                .as("see the output of this test for the seed and what was lost")
                .isZero();
    }
}
