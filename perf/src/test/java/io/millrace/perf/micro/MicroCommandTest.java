package io.millrace.perf.micro;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.perf.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MicroCommandTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    @Tag("jar")
    void writesTheFiguresOfOneBenchmark() {
        int exit = run("ProduceWire.*decodeResponse", "--quick");

        assertThat(exit).isZero();
        assertThat(folder.resolve("results"))
                .isDirectoryContaining(file -> content(file).contains("gc.alloc.rate.norm"));
        assertThat(folder.resolve("work")).isEmptyDirectory();
    }

    @Test
    @Tag("jar")
    void failsWithJmh() {
        assertThat(run("no-such-benchmark", "--quick")).isOne();
    }

    @Test
    void saysWhatIsMissing() {
        assertThat(refusal(
                        "--millrace-jar",
                        "no.jar",
                        "--results",
                        folder.resolve("results").toString()))
                .contains("no.jar")
                .contains("./millrace perf builds it");
    }

    @Test
    void refusesWhatItWouldIgnore() {
        assertThat(refusal("--refresh")).contains("--refresh goes with --allocations");
        assertThat(refusal("--allocations", "FetchWire")).contains("no NAME");
        assertThat(refusal("--allocations", "--quick")).contains("no --quick");
    }

    private static String refusal(String... arguments) {
        StringWriter said = new StringWriter();
        CommandLine line = Main.commandLine().setErr(new PrintWriter(said, true));
        int exit = line.execute(
                Stream.concat(Stream.of("micro"), Stream.of(arguments)).toArray(String[]::new));
        assertThat(exit).isEqualTo(2);
        return said.toString();
    }

    private int run(String... arguments) {
        return Main.commandLine()
                .execute(Stream.concat(
                                Stream.of(
                                        "micro",
                                        "--results",
                                        folder.resolve("results").toString()),
                                Stream.concat(
                                        Stream.of(
                                                "--work-dir",
                                                folder.resolve("work").toString()),
                                        Stream.of(arguments)))
                        .toArray(String[]::new));
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
