package io.millrace.broker.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.OsFileStore;
import io.millrace.broker.storage.WatchedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFilesTest {

    @TempDir
    Path directory;

    private final OpenFiles openFiles = new OpenFiles(new OsFileStore(), 3);

    private SharedFile file(int number) throws IOException {
        Path path = directory.resolve("file-" + number);
        Files.write(path, new byte[] {(byte) number});
        return new SharedFile(openFiles, path);
    }

    private static byte read(OpenFile open) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        open.file().read(one, 0);
        return one.get(0);
    }

    @Test
    void neverKeepsMoreOpenThanAllowed() throws IOException {
        for (int i = 0; i < 20; i++) {
            file(i).acquire().release();
            assertThat(openFiles.openCount()).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void keepsWhatIsUsedOften() throws IOException {
        SharedFile often = file(0);
        OpenFile first = often.acquire();
        first.release();
        for (int i = 1; i < 20; i++) {
            file(i).acquire().release();
            OpenFile again = often.acquire();
            assertThat(again).isSameAs(first);
            again.release();
        }
    }

    @Test
    void lastReaderClosesAnEvictedFile() throws IOException {
        OpenFile held = file(0).acquire();
        for (int i = 1; i < 10; i++) {
            file(i).acquire().release();
        }

        assertThat(read(held)).isZero();
        held.release();
        assertThatThrownBy(() -> read(held)).isInstanceOf(IOException.class);
        assertThat(held.tryRetain()).isFalse();
    }

    @Test
    void aReaderThatMustNotWaitLeavesTheLastCloseToOthers() throws IOException {
        SharedFile file = file(1);
        OpenFile held = file.acquire();
        OpenFile again = file.acquire();
        file.delete();

        again.releaseSoon();
        openFiles.closeReleased();
        assertThat(read(held)).as("still held").isEqualTo((byte) 1);
        held.releaseSoon();
        assertThat(read(held)).as("not closed here").isEqualTo((byte) 1);
        openFiles.closeReleased();
        assertThatThrownBy(() -> read(held)).isInstanceOf(IOException.class);
    }

    @Test
    void keepsDirtyFilesOpenBeyondTheLimit() throws IOException {
        List<SharedFile> dirty = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            SharedFile file = file(i);
            file.markDirty();
            file.acquire().release();
            dirty.add(file);
        }
        assertThat(openFiles.openCount()).isEqualTo(6);

        dirty.forEach(SharedFile::markClean);
        file(7).acquire().release();
        file(8).acquire().release();

        assertThat(openFiles.openCount()).isLessThanOrEqualTo(3);
    }

    @Test
    void opensAgainAfterEvictionAndRename() throws IOException {
        SharedFile file = file(9);
        file.acquire().release();
        file.rename(directory.resolve("renamed"));
        for (int i = 0; i < 5; i++) {
            file(i).acquire().release();
        }

        OpenFile again = file.acquire();
        assertThat(again.file().path().getFileName()).hasToString("renamed");
        assertThat(read(again)).isEqualTo((byte) 9);
        again.release();
    }

    /** The old name may be another file's soon, and an open file goes by its name where Java does not tell its descriptor. */
    @Test
    void opensAFileThatWasRenamedByItsNewName() throws IOException {
        SharedFile file = file(9);
        OpenFile held = file.acquire();
        file.rename(directory.resolve("renamed"));

        OpenFile again = file.acquire();
        assertThat(again.file().path().getFileName()).hasToString("renamed");
        assertThat(read(again)).isEqualTo((byte) 9);
        assertThat(read(held)).isEqualTo((byte) 9);
        assertThat(openFiles.openCount()).isEqualTo(1);
        held.release();
        again.release();
    }

    @Test
    void keepsADirtyFileOpenThatIsRenamed() throws IOException {
        SharedFile file = file(9);
        OpenFile held = file.acquire();
        file.markDirty();
        file.rename(directory.resolve("renamed"));

        OpenFile again = file.acquire();
        assertThat(again).isSameAs(held);
        held.release();
        again.release();
    }

    @Test
    void refusesAFileThatWasClosed() throws IOException {
        SharedFile file = file(1);
        OpenFile held = file.acquire();
        file.delete();

        assertThat(read(held)).isEqualTo((byte) 1);
        held.release();
        assertThatThrownBy(file::acquire).isInstanceOf(IOException.class).hasMessageContaining("is closed");
        assertThat(openFiles.openCount()).isZero();
    }

    @Test
    void leavesNothingOpenWhenAFileIsClosedWhileItIsOpened() throws Exception {
        Path path = directory.resolve("file");
        Files.write(path, new byte[1]);
        AtomicReference<Thread> closing = new AtomicReference<>();
        AtomicReference<SharedFile> file = new AtomicReference<>();
        OpenFiles watched = new OpenFiles(
                WatchedDisk.of((method, of) -> {
                    if (method.equals("open")) {
                        Thread closer = new Thread(
                                () -> Objects.requireNonNull(file.get()).close());
                        closer.start();
                        closing.set(closer);
                        // Until it is through, or has to wait for us.
                        while (closer.isAlive() && closer.getState() != Thread.State.BLOCKED) {
                            Thread.onSpinWait();
                        }
                    }
                }),
                3);
        SharedFile shared = new SharedFile(watched, path);
        file.set(shared);

        OpenFile open = shared.acquire();
        Objects.requireNonNull(closing.get()).join();
        open.release();

        assertThat(watched.openCount()).isZero();
        assertThat(open.tryRetain()).isFalse();
    }

    @Test
    void complainsAboutAReleaseTooMany() throws IOException {
        SharedFile file = file(1);
        OpenFile open = file.acquire();
        open.release();
        file.close();

        assertThatThrownBy(open::release).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void servesManyThreadsWhileFilesComeAndGo() throws Exception {
        List<SharedFile> files = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            files.add(file(i));
        }
        Callable<Integer> reader = () -> {
            int wrong = 0;
            for (int i = 0; i < 5_000; i++) {
                int number = ThreadLocalRandom.current().nextInt(files.size());
                OpenFile open = files.get(number).acquire();
                if (read(open) != number) {
                    wrong++;
                }
                open.release();
            }
            return wrong;
        };
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (Future<Integer> wrong : threads.invokeAll(List.of(reader, reader, reader, reader))) {
                assertThat(wrong.get()).isZero();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(openFiles.openCount()).isLessThanOrEqualTo(3);
    }
}
