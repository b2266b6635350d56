package io.millrace.perf.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.perf.Main;
import io.millrace.perf.result.Comparison;
import io.millrace.perf.result.Ratio;
import io.millrace.perf.result.ResultFile;
import io.millrace.perf.result.RunResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RunCommandTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    @Tag("jar")
    void measuresMillraceAndTheCeiling() throws IOException {
        int exit = run("produce-1KB", "--quick", "--rounds", "1", "--warm-up", "0", "--name", "test");

        RunResult result = result();
        assertThat(exit).as(result.toString()).isZero();
        assertThat(result.finishedAt()).isNotNull();
        assertThat(result.ceilings()).isNotNull();
        assertThat(result.scenarios().get(0).rounds()).hasSize(2);
        assertThat(comparison(result, "recordsPerSecond").systems()).containsOnlyKeys("millrace", "null");
        assertThat(comparison(result, "recordsPerSecond").ratios().stream().map(Ratio::to))
                .containsExactly("null");
        assertThat(comparison(result, "cpuSecondsPerMillion").systems()).containsOnlyKeys("millrace", "null");
        assertThat(folder.resolve("work")).isEmptyDirectory();
    }

    @Test
    void aScenarioThatFailsSaysWhyAndLeavesAResult() throws IOException {
        int exit = run("produce-1KB", "--broker", "null", "--no-ceiling", "--quick", "--broker-cpus", "4711");

        assertThat(exit).isOne();
        assertThat(result().scenarios().get(0).problem()).contains("null ended with 1");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThat(refusal("run", "produce-2KB")).contains("produce-2KB").contains("produce-1KB");
        assertThat(refusal("run", "idle", "--broker", "null", "--against", "rabbit"))
                .contains("rabbit")
                .contains("kafka");
        assertThat(refusal("run", "idle", "--broker", "null", "--rounds", "0")).contains("--rounds is 0: at least 1");
    }

    @Test
    void listsEveryScenario() {
        StringWriter out = new StringWriter();
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out, true));
        assertThat(line.execute("list")).isZero();
        Scenarios.table().forEach(each -> assertThat(out.toString()).contains(each.name(), each.title()));
    }

    private int run(String... arguments) {
        List<String> all = Stream.concat(
                        Stream.concat(Stream.of("run"), Stream.of(arguments)),
                        Stream.of(
                                "--results",
                                folder.toString(),
                                "--work-dir",
                                folder.resolve("work").toString()))
                .toList();
        return Main.commandLine().execute(all.toArray(String[]::new));
    }

    private static String refusal(String... arguments) {
        StringWriter err = new StringWriter();
        assertThat(Main.commandLine().setErr(new PrintWriter(err, true)).execute(arguments))
                .isEqualTo(2);
        return err.toString();
    }

    private RunResult result() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return ResultFile.read(files.filter(file -> file.toString().endsWith(".json"))
                    .findFirst()
                    .orElseThrow());
        }
    }

    private static Comparison comparison(RunResult result, String figure) {
        return result.scenarios().get(0).comparisons().stream()
                .filter(each -> each.figure().equals(figure))
                .findFirst()
                .orElseThrow();
    }
}
