package io.millrace.broker.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.CheckpointFile;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.OsFileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFilesTest {

    private static final LogId ORDERS = new LogId("orders", new UUID(1, 2), 0);

    @TempDir
    Path folder;

    private final OsFileStore store = new OsFileStore();

    /** It may be only the page cache that is damaged: after a power loss the old lines would be back. */
    @Test
    void forgetsALogThoughTheFilesCannotBeRead() throws IOException {
        Path points = folder.resolve(CheckpointFile.RECOVERY_POINT);
        Path starts = folder.resolve(CheckpointFile.LOG_START_OFFSET);
        Files.writeString(points, "0\n1\n");
        CheckpointFiles files = new CheckpointFiles(store, folder, 0);
        files.load();
        assertThat(files.stateOf(ORDERS, true).recoveryPoint()).isZero();

        files.forget(ORDERS);

        assertThat(CheckpointFile.read(store, points)).isEmpty();
        assertThat(CheckpointFile.read(store, starts)).isEmpty();
    }

    @Test
    void keepsTheLinesOfOthersWhenItForgetsALog() throws IOException {
        Path points = folder.resolve(CheckpointFile.RECOVERY_POINT);
        CheckpointFile.Key other = new CheckpointFile.Key("orders", 1);
        CheckpointFile.write(store, points, Map.of(CheckpointFiles.key(ORDERS), 7L, other, 8L));
        CheckpointFiles files = new CheckpointFiles(store, folder, 0);
        files.load();

        files.forget(ORDERS);

        assertThat(CheckpointFile.read(store, points)).containsExactly(Map.entry(other, 8L));
    }
}
