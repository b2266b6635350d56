package io.millrace.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {

    @Test
    void everyCommandExplainsItself() {
        for (String command : new CommandLine(new Main()).getSubcommands().keySet()) {
            StringWriter out = new StringWriter();
            CommandLine line = new CommandLine(new Main()).setOut(new PrintWriter(out, true));

            int exitCode = line.execute(command, "--help");

            assertThat(exitCode).as(command).isZero();
            assertThat(out.toString())
                    .contains("Usage: millrace-perf " + command)
                    .contains("--help");
        }
    }
}
