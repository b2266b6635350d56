package io.millrace.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.perf.result.ResultFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReportCommandTest {
    @TempDir
    private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void writesThePageBesideTheResult() throws Exception {
        Path result = folder.resolve("a.json");
        new ResultFile(result).write(SampleRuns.only("start-cold", SampleRuns.SUBJECT));

        assertThat(run(result.toString())).isZero();

        assertThat(out.toString().strip()).isEqualTo(folder.resolve("a.html").toString());
        assertThat(folder.resolve("a.html")).content().startsWith("<!DOCTYPE html>");
    }

    @Test
    void writesThePageWhereItIsTold() throws Exception {
        Path result = folder.resolve("a.json");
        new ResultFile(result).write(SampleRuns.only("start-cold", SampleRuns.SUBJECT));

        assertThat(run(
                        result.toString(),
                        "--output",
                        folder.resolve("new/b.html").toString()))
                .isZero();

        assertThat(folder.resolve("new/b.html")).exists();
    }

    @Test
    void saysWhichFileIsMissing() {
        assertThat(run(folder.resolve("x.json").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("there is no file").contains("x.json");
    }

    @Test
    void saysWhichFileIsNoResult() throws Exception {
        Path file = Files.writeString(folder.resolve("x.json"), "{\"format\": 0}");
        assertThat(run(file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("x.json").contains("format 1");
    }

    private int run(String... arguments) {
        return new CommandLine(new ReportCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
