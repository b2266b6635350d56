package io.millrace.perf.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultFileTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"sample.json", "sample-latency.json"})
    void readsWhatItHasWritten(String name) throws Exception {
        RunResult sample = ResultFile.read(sample(name));
        ResultFile copy = new ResultFile(folder.resolve("new/copy.json"));

        copy.write(sample);

        assertThat(ResultFile.read(copy.path())).isEqualTo(sample);
        assertThat(folder.resolve("new")).isDirectoryContaining("glob:**/copy.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sample.json", "sample-latency.json"})
    void writesTheSameTextAgain(String name) throws Exception {
        ResultFile copy = new ResultFile(folder.resolve("copy.json"));

        copy.write(ResultFile.read(sample(name)));

        assertThat(copy.path()).hasSameTextualContentAs(sample(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sample.json", "sample-latency.json"})
    void theSampleIsWhole(String name) throws Exception {
        RunResult sample = ResultFile.read(sample(name));

        assertThat(sample.finishedAt()).isNotNull();
        assertThat(sample.scenarios()).allSatisfy(scenario -> {
            assertThat(scenario.problem()).isEmpty();
            assertThat(scenario.rounds()).isNotEmpty();
            assertThat(scenario.comparisons())
                    .isEqualTo(Comparisons.of(sample.systems(), scenario.rounds(), scenario.tours()));
        });
    }

    @Test
    void refusesAnotherFormat() throws IOException {
        Path file = Files.writeString(folder.resolve("x.json"), "{\"format\": 0}");
        assertThatThrownBy(() -> ResultFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("x.json")
                .hasMessageContaining("format 1");
    }

    @Test
    void refusesWhatIsNoResult() throws IOException {
        Path file = Files.writeString(folder.resolve("x.json"), "{\"format\": 1, \"figure\": 3}");
        assertThatThrownBy(() -> ResultFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("x.json")
                .hasMessageContaining("figure");
    }

    private static Path sample(String name) throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(ResultFileTest.class.getResource(name)).toURI());
    }
}
