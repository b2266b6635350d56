package io.millrace.broker.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.OsFileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

    private final OsFileStore store = new OsFileStore();

    @TempDir
    Path parent;

    @Test
    void createsAFolderAndRemembersWhoseItIs() throws IOException {
        try (DataFolder folder = DataFolder.open(store, path())) {
            folder.claim("cluster-a", 3);
        }
        try (DataFolder folder = DataFolder.open(store, path())) {
            folder.claim("cluster-a", 3);
        }
        assertThat(Files.readString(path().resolve("meta.properties")))
                .contains("millrace.format=1", "cluster.id=cluster-a", "node.id=3");
    }

    @Test
    void refusesAFolderThatAnotherBrokerUses() throws IOException {
        try (DataFolder first = DataFolder.open(store, path())) {
            assertThat(first.path()).isEqualTo(path());
            assertThatThrownBy(() -> DataFolder.open(store, path()))
                    .isInstanceOf(DataFolderException.class)
                    .hasMessageContaining(path().toString())
                    .hasMessageContaining("in use by another broker");
        }
        DataFolder.open(store, path()).close();
    }

    @Test
    void refusesAFolderOfANewerFormat() throws IOException {
        writeMeta("version=1\nmillrace.format=2\n");
        assertThatThrownBy(() -> DataFolder.open(store, path()))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("has format 2, written by a newer version")
                .hasMessageContaining("up to 1");
    }

    @Test
    void refusesAFolderOfKafka() throws IOException {
        writeMeta("version=1\ncluster.id=abc\nnode.id=1\n");
        assertThatThrownBy(() -> DataFolder.open(store, path()))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("was not written by Millrace");
    }

    @Test
    void refusesAFolderOfAnotherClusterOrNode() throws IOException {
        writeMeta("version=1\nmillrace.format=1\ncluster.id=abc\nnode.id=1\n");
        try (DataFolder folder = DataFolder.open(store, path())) {
            assertThatThrownBy(() -> folder.claim("other", 1)).hasMessageContaining("cluster.id=abc");
            assertThatThrownBy(() -> folder.claim("abc", 2)).hasMessageContaining("node.id=1");
        }
    }

    @Test
    void takesTheMarkerOfACleanStopOnce() throws IOException {
        try (DataFolder folder = DataFolder.open(store, path())) {
            assertThat(folder.takeCleanMarker()).isFalse();
            folder.putCleanMarker();
            assertThat(folder.takeCleanMarker()).isTrue();
            assertThat(folder.takeCleanMarker()).isFalse();
        }
    }

    private Path path() {
        return parent.resolve("deep").resolve("data");
    }

    private void writeMeta(String text) throws IOException {
        Files.createDirectories(path());
        Files.writeString(path().resolve("meta.properties"), text);
    }
}
