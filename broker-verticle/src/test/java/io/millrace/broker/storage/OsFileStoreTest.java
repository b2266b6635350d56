package io.millrace.broker.storage;

import static io.millrace.broker.storage.StoreFile.BLOCK_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OsFileStoreTest {

    @TempDir
    Path directory;

    private final OsFileStore store = new OsFileStore();

    private static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    @Test
    void gathersManyBuffersIncludingEmptyOnes() throws IOException {
        try (StoreFile file = store.create(directory.resolve("f"))) {
            ByteBuffer[] many = new ByteBuffer[3000];
            for (int i = 0; i < many.length; i++) {
                many[i] = i % 3 == 0 ? bytes() : bytes(i, i >> 8);
            }
            file.write(many, 10);
            assertThat(file.size()).isEqualTo(10 + 2000 * 2);
            ByteBuffer last = ByteBuffer.allocate(2);
            assertThat(file.read(last, file.size() - 2)).isEqualTo(2);
            assertThat(last.flip()).isEqualTo(bytes(2999, 2999 >> 8));
            file.write(new ByteBuffer[] {bytes(1), bytes(2)}, 0);
            ByteBuffer first = ByteBuffer.allocate(2);
            file.read(first, 0);
            assertThat(first.flip()).isEqualTo(bytes(1, 2));
        }
    }

    @Test
    void writesBlocksBesideTheBytesOfThePageCache() throws IOException {
        ByteBuffer blocks = ByteBuffer.allocateDirect(4 * BLOCK_BYTES).alignedSlice(BLOCK_BYTES);
        for (int i = 0; i < 3 * BLOCK_BYTES; i++) {
            blocks.put(i, (byte) (i / 100));
        }
        ByteBuffer[] twice = {blocks.slice(BLOCK_BYTES, 2 * BLOCK_BYTES), blocks.slice(0, BLOCK_BYTES)};
        try (StoreFile file = store.create(directory.resolve("f"))) {
            file.write(bytes(1, 2, 3), 0);
            file.writeBlocks(twice, BLOCK_BYTES);
            file.write(bytes(4, 5), 4L * BLOCK_BYTES);
            twice[0].rewind();
            twice[1].rewind();
            file.writeDurably(twice, 0);

            ByteBuffer all = ByteBuffer.allocate(5 * BLOCK_BYTES);
            assertThat(file.read(all, 0)).isEqualTo(4 * BLOCK_BYTES + 2);
            assertThat(all.slice(0, 2 * BLOCK_BYTES)).isEqualTo(blocks.slice(BLOCK_BYTES, 2 * BLOCK_BYTES));
            assertThat(all.slice(2 * BLOCK_BYTES, BLOCK_BYTES)).isEqualTo(blocks.slice(0, BLOCK_BYTES));
            assertThat(all.slice(3 * BLOCK_BYTES, BLOCK_BYTES)).isEqualTo(blocks.slice(0, BLOCK_BYTES));
            assertThat(all.slice(4 * BLOCK_BYTES, 2)).isEqualTo(bytes(4, 5));
        }
    }

    @Test
    void readsNothingPastTheEnd() throws IOException {
        try (StoreFile file = store.create(directory.resolve("f"))) {
            file.write(bytes(1, 2, 3), 0);
            assertThat(file.read(ByteBuffer.allocate(1), 3)).isEqualTo(-1);
            assertThat(file.read(ByteBuffer.allocate(9), 1)).isEqualTo(2);
            file.truncate(1);
            assertThat(file.size()).isEqualTo(1);
            file.truncate(100);
            assertThat(file.size()).isEqualTo(1);
            file.preallocate((3 << 20) + 5);
            assertThat(file.size()).isEqualTo((3 << 20) + 5);
            file.preallocate(5);
            assertThat(file.size()).isEqualTo((3 << 20) + 5);
            file.sync();
            file.syncAll();
            assertThat(file.channel()).isNotNull();
        }
    }

    @Test
    void tellsMissingFromTaken() throws IOException {
        Path path = directory.resolve("f");
        assertThatThrownBy(() -> store.open(path)).isInstanceOf(IOException.class);
        store.create(path).close();
        assertThatThrownBy(() -> store.create(path)).isInstanceOf(IOException.class);
        assertThat(store.exists(path)).isTrue();
        store.delete(path);
        store.delete(path);
        assertThat(store.exists(path)).isFalse();
    }

    @Test
    void listsMovesAndDeletesTrees() throws IOException {
        store.createDirectories(directory.resolve("a/b"));
        store.create(directory.resolve("a/b/y")).close();
        store.create(directory.resolve("a/b/x")).close();
        assertThat(store.list(directory.resolve("a/b"))).containsExactly("x", "y");
        store.move(directory.resolve("a"), directory.resolve("c"));
        store.move(directory.resolve("c/b/x"), directory.resolve("c/b/y"));
        store.syncDirectory(directory);
        assertThat(store.list(directory.resolve("c/b"))).containsExactly("y");
        store.deleteTree(directory.resolve("c"));
        store.deleteTree(directory.resolve("c"));
        assertThat(store.list(directory)).isEmpty();
        assertThatThrownBy(() -> store.list(directory.resolve("c"))).isInstanceOf(IOException.class);
        assertThat(store.usableBytes(directory)).isPositive();
        assertThat(store.totalBytes(directory)).isGreaterThanOrEqualTo(store.usableBytes(directory));
    }

    /** Reads one after the other look like one long read, and the system would fetch far more than what is wanted. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void theSystemReadsWhatItIsToldAndNothingBeside() throws IOException {
        int pieceBytes = 256 << 10;
        Path path = directory.resolve("f");
        try (StoreFile file = store.create(path);
                FileChannel channel = FileChannel.open(path)) {
            fillPastTheCache(file, 16 * pieceBytes);
            assumeThat(isCached(channel, 0, pieceBytes))
                    .as("a file system that reads from the disk")
                    .isFalse();
            ByteBuffer piece = ByteBuffer.allocateDirect(pieceBytes);
            for (int i = 0; i < 8; i++) {
                file.willRead((long) i * pieceBytes, pieceBytes);
                assertThat(file.read(piece.clear(), (long) i * pieceBytes)).isEqualTo(pieceBytes);
            }

            assertThat(isCached(channel, 0, 8 * pieceBytes)).isTrue();
            assertThat(isCached(channel, 8L * pieceBytes, BLOCK_BYTES)).isFalse();
        }
    }

    private static void fillPastTheCache(StoreFile file, int sizeBytes) throws IOException {
        ByteBuffer blocks = ByteBuffer.allocateDirect(sizeBytes + BLOCK_BYTES)
                .alignedSlice(BLOCK_BYTES)
                .limit(sizeBytes);
        file.writeBlocks(new ByteBuffer[] {blocks}, 0);
        file.syncAll();
    }

    private static boolean isCached(FileChannel channel, long position, int sizeBytes) throws IOException {
        return channel.map(FileChannel.MapMode.READ_ONLY, position, sizeBytes).isLoaded();
    }
}
