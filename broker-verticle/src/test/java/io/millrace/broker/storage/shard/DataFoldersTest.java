package io.millrace.broker.storage.shard;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.OsFileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFoldersTest {

    private final OsFileStore store = new OsFileStore();

    @TempDir
    private Path parent;

    @Test
    void aFolderThatIsMissingStopsTheStart() throws IOException {
        start("a", "b");

        assertThatThrownBy(() -> start("a"))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("data folder " + parent.resolve("b") + " (directory.id=")
                .hasMessageContaining("is missing")
                .hasMessageContaining("Mount it");
        assertThatThrownBy(() -> start("b")).hasMessageContaining("data folder " + parent.resolve("a") + " ");
    }

    @Test
    void anEmptyFolderInThePlaceOfAMissingOneStopsTheStart() throws IOException {
        start("a", "b");
        Files.move(parent.resolve("b"), parent.resolve("unmounted"));

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> start("a", "b")).hasMessageContaining("is missing");
        }
        store.deleteTree(parent.resolve("b"));
        Files.move(parent.resolve("unmounted"), parent.resolve("b"));
        start("a", "b");
    }

    @Test
    void foldersMayBeAddedAndMoved() throws IOException {
        start("a");
        start("a", "b");
        Files.move(parent.resolve("b"), parent.resolve("c"));
        start("c", "a", "d");

        assertThatThrownBy(() -> start("a", "d")).hasMessageContaining(parent.resolve("c") + " ");
    }

    @Test
    void anOperatorCanGiveAFolderUp() throws IOException {
        start("a", "b");
        Path meta = parent.resolve("a").resolve("meta.properties");
        List<String> lines = Files.readAllLines(meta);
        Files.write(
                meta,
                lines.stream()
                        .filter(line -> !line.startsWith("millrace.companion."))
                        .toList());

        start("a");
    }

    private void start(String... names) throws IOException {
        List<DataFolder> folders = new ArrayList<>();
        try {
            for (String name : names) {
                folders.add(DataFolder.open(store, parent.resolve(name)));
            }
            DataFolders.requireAll(folders);
            DataFolders.claim(folders, "cluster", 1);
        } finally {
            for (DataFolder folder : folders) {
                folder.close();
            }
        }
    }
}
