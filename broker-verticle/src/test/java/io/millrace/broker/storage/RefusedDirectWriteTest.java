package io.millrace.broker.storage;

import static io.millrace.broker.storage.StoreFile.BLOCK_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.segment.TailOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** File systems that open a file for direct writes and then refuse them, and disks that fail, which is not the same. */
class RefusedDirectWriteTest {

    @TempDir
    private Path directory;

    /** What the direct channels answer to which of their writes, counted from 1 over all of them. */
    private final Map<Integer, IOException> answers = new TreeMap<>();

    /** The writes that failed so far, over all direct channels. */
    private final List<IOException> refusals = new ArrayList<>();

    private final List<String> calls = new ArrayList<>();
    private final List<Path> opened = new ArrayList<>();
    private int directWrites;
    private boolean takesOneBuffer;

    @SuppressWarnings("NullAway.Init")
    private Path path;

    private final PastCache pastCache = new PastCache() {
        @Override
        public FileChannel open(Path file, OpenOption... more) throws IOException {
            opened.add(file);
            return new WatchedChannel(
                    FileChannel.open(file, StandardOpenOption.WRITE), this::before, srcs -> takesOneBuffer);
        }

        private void before(String method) throws IOException {
            calls.add("direct " + method);
            IOException answer = method.equals("write") ? answers.get(++directWrites) : null;
            if (answer != null) {
                throw answer;
            }
        }

        @Override
        public void onRefused(Path file, IOException refusal) {
            refusals.add(refusal);
        }
    };

    @BeforeEach
    void createFile() throws IOException {
        path = Files.createFile(directory.resolve("f"));
    }

    private StoreFile file() throws IOException {
        return file(path);
    }

    private StoreFile file(Path at) throws IOException {
        FileChannel channel = FileChannel.open(at, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new OsStoreFile(at, new WatchedChannel(channel, calls::add), pastCache);
    }

    /** What this system says when an argument of a call is not what it takes, in its own language. */
    private IOException invalidArgument() throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            channel.read(ByteBuffer.allocate(1), Long.MAX_VALUE);
            throw new AssertionError("read at the last position");
        } catch (IOException e) {
            return e;
        }
    }

    private static ByteBuffer[] blocks(int count) {
        ByteBuffer[] blocks = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = ByteBuffer.allocateDirect(BLOCK_BYTES);
            while (blocks[i].hasRemaining()) {
                blocks[i].put((byte) (i + 1));
            }
            blocks[i].flip();
        }
        return blocks;
    }

    private void assertHasBlocks(int... numbers) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        assertThat(bytes).hasSize(numbers.length * BLOCK_BYTES);
        for (int i = 0; i < bytes.length; i++) {
            assertThat(bytes[i]).isEqualTo((byte) numbers[i / BLOCK_BYTES]);
        }
    }

    @Test
    void blocksGoThroughThePageCacheFromTheFirstRefusalOn() throws IOException {
        answers.put(1, invalidArgument());
        try (StoreFile file = file()) {
            file.writeBlocks(blocks(2), 0);
            file.writeBlocks(blocks(3), BLOCK_BYTES);
        }

        assertHasBlocks(1, 1, 2, 3);
        assertThat(opened).hasSize(1);
        assertThat(refusals).hasSize(1);
        assertThat(calls).contains("direct close").doesNotContain("force");
    }

    @Test
    void durableWritesAreSyncedFromTheFirstRefusalOn() throws IOException {
        answers.put(1, invalidArgument());
        try (StoreFile file = file()) {
            file.writeDurably(blocks(2), 0);
            assertThat(calls).endsWith("position", "write", "force");
            file.writeDurably(blocks(1), 0);
            assertThat(calls).endsWith("force", "write", "force");
        }

        assertHasBlocks(1, 2);
        assertThat(refusals).hasSize(1);
    }

    @Test
    void aRefusalOfOneKindIsOneOfTheOther() throws IOException {
        answers.put(1, invalidArgument());
        try (StoreFile file = file()) {
            file.writeBlocks(blocks(1), 0);
            file.writeDurably(blocks(2), 0);
        }

        assertHasBlocks(1, 2);
        assertThat(opened).hasSize(1);
    }

    @Test
    void anyOtherErrorIsADiskThatFailed() throws IOException {
        answers.put(1, new IOException("Input/output error"));
        answers.put(2, new IOException("No space left on device"));
        try (StoreFile file = file()) {
            assertThatThrownBy(() -> file.writeBlocks(blocks(1), 0)).hasMessage("Input/output error");
            assertThatThrownBy(() -> file.writeDurably(blocks(1), 0)).hasMessage("No space left on device");
        }

        assertThat(path).isEmptyFile();
        assertThat(refusals).isEmpty();
    }

    @Test
    void aRefusalAfterAWriteIsADiskThatFailed() throws IOException {
        answers.put(2, invalidArgument());
        try (StoreFile file = file()) {
            file.writeBlocks(blocks(1), 0);
            assertThatThrownBy(() -> file.writeBlocks(blocks(2), 0)).isInstanceOf(IOException.class);
        }

        assertHasBlocks(1);
        assertThat(refusals).isEmpty();
    }

    @Test
    void aRefusalOfTheRestOfAWriteIsADiskThatFailed() throws IOException {
        answers.put(2, invalidArgument());
        takesOneBuffer = true;
        try (StoreFile file = file()) {
            assertThatThrownBy(() -> file.writeBlocks(blocks(3), 0)).isInstanceOf(IOException.class);
        }

        assertHasBlocks(1);
        assertThat(refusals).isEmpty();
    }

    @Test
    void oneBufferGoesToItsPositionWithoutACallToMoveThere() throws IOException {
        try (StoreFile file = file()) {
            file.write(new ByteBuffer[] {ByteBuffer.allocate(0), ByteBuffer.allocate(3)}, 0);
            file.writeBlocks(blocks(1), BLOCK_BYTES);
            file.writeDurably(blocks(1), 0);
            assertThat(calls).containsExactly("write", "direct write", "direct write");
            file.writeBlocks(blocks(2), 0);
        }

        assertThat(calls).contains("direct position");
        assertHasBlocks(1, 2);
    }

    @Test
    void aLogLosesNothingByTheRefusal() throws IOException {
        answers.put(1, invalidArgument());
        LogResources resources = new LogResources(new OsFileStore(pastCache), 16)
                .withTails(new TailOptions(8 * BLOCK_BYTES, BLOCK_BYTES, 2 * BLOCK_BYTES));
        LogFixture fixture = new LogFixture(directory, LogConfig.defaults(), resources);
        fixture.fill(500);
        assertThat(refusals).hasSize(1);

        fixture.reopenClean();

        assertThat(fixture.values()).isEqualTo(fixture.expected);
    }

    @Test
    void theOtherFilesOfTheFileSystemAreNotTriedAgain() throws IOException {
        OsPastCache real = new OsPastCache();
        real.onRefused(path, invalidArgument());

        assertThat(real.open(Files.createFile(directory.resolve("g")))).isNull();
    }
}
