package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFileTest {

    @TempDir
    Path directory;

    private final OsFileStore store = new OsFileStore();
    private Path path;

    @BeforeEach
    void choosePath() {
        path = directory.resolve(CheckpointFile.LOG_START_OFFSET);
    }

    @Test
    void isReadBackAsItWasWritten() throws IOException {
        Map<CheckpointFile.Key, Long> offsets = Map.of(
                new CheckpointFile.Key("b", 10),
                7L,
                new CheckpointFile.Key("b", 9),
                8L,
                new CheckpointFile.Key("a", 0),
                0L);

        CheckpointFile.write(store, path, offsets);

        assertThat(Files.readString(path)).isEqualTo("0\n3\na 0 0\nb 9 8\nb 10 7\n");
        assertThat(CheckpointFile.read(store, path)).isEqualTo(offsets);
        CheckpointFile.write(store, path, Map.of());
        assertThat(CheckpointFile.read(store, path)).isEmpty();
        assertThat(store.list(directory)).containsExactly(CheckpointFile.LOG_START_OFFSET);
    }

    @Test
    void isEmptyWhenMissing() throws IOException {
        assertThat(CheckpointFile.read(store, path)).isEmpty();
    }

    @Test
    void refusesADamagedFileAsAWhole() throws IOException {
        for (String damaged :
                new String[] {"", "0", "2\n0\n", "0\n2\na 0 1\n", "0\n1\na 0\n", "0\n1\na x 1\n", "0\n-1\n"}) {
            Files.writeString(path, damaged);
            assertThatThrownBy(() -> CheckpointFile.read(store, path))
                    .as(damaged)
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining(CheckpointFile.LOG_START_OFFSET);
        }
    }
}
