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

class ResultFileTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void readsWhatItHasWritten() throws Exception {
        RunResult sample = ResultFile.read(sample());
        ResultFile copy = new ResultFile(folder.resolve("new/copy.json"));

        copy.write(sample);

        assertThat(ResultFile.read(copy.path())).isEqualTo(sample);
        assertThat(folder.resolve("new")).isDirectoryContaining("glob:**/copy.json");
    }

    @Test
    void writesTheSameTextAgain() throws Exception {
        ResultFile copy = new ResultFile(folder.resolve("copy.json"));

        copy.write(ResultFile.read(sample()));

        assertThat(copy.path()).hasSameTextualContentAs(sample());
    }

    @Test
    void theSampleIsWhole() throws Exception {
        RunResult sample = ResultFile.read(sample());

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

    private static Path sample() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(ResultFileTest.class.getResource("sample.json"))
                .toURI());
    }
}
