package io.millrace.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkFolderTest {
    @TempDir
    private Path parent = Path.of("");

    @Test
    void twoCanDeleteTheSameTree() throws Exception {
        for (int round = 0; round < 20; round++) {
            Path folder = parent.resolve("data");
            for (int i = 0; i < 200; i++) {
                Path each = Files.createDirectories(folder.resolve("topic-" + i));
                Files.writeString(each.resolve("0.log"), "x");
            }

            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> delete(folder));
            WorkFolder.deleteTree(folder);

            other.get(30, TimeUnit.SECONDS);
            assertThat(folder).doesNotExist();
        }
    }

    private static void delete(Path folder) {
        try {
            WorkFolder.deleteTree(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
