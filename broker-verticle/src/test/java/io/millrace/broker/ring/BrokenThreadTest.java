package io.millrace.broker.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.CheckpointFile;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.WatchedDisk;
import io.millrace.wire.ErrorCode;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an error of the virtual machine does to a shard: it must be heard of, and every append still answered. */
@Timeout(60)
class BrokenThreadTest {

    private static final int APPENDS = 300;

    @TempDir
    private Path folder;

    private final AtomicBoolean memoryIsOut = new AtomicBoolean();

    @Test
    void anErrorOnTheCheckpointThreadTakesTheShardOffline() throws Exception {
        answersEverythingWhenMemoryIsOutFor(name -> name.startsWith(CheckpointFile.RECOVERY_POINT));
    }

    @Test
    void anErrorOnTheAppendThreadTakesTheShardOffline() throws Exception {
        answersEverythingWhenMemoryIsOutFor(name -> name.endsWith(".log"));
    }

    @Test
    void anErrorOnTheCommitThreadTakesTheShardOffline() throws Exception {
        answersEverythingWhenMemoryIsOutFor(name -> name.endsWith(".mj"));
    }

    private void answersEverythingWhenMemoryIsOutFor(Predicate<String> file) throws Exception {
        FileStore disk = WatchedDisk.of((method, path) -> {
            if (memoryIsOut.get()
                    && !method.equals("close")
                    && file.test(path.getFileName().toString())) {
                throw new OutOfMemoryError("Cannot reserve direct buffer memory");
            }
        });
        try (RingFixture fixture = new RingFixture(folder, disk)) {
            memoryIsOut.set(true);
            for (int i = 0; i < APPENDS; i++) {
                // More than the journal holds: without a checkpoint not all of them can be acknowledged.
                fixture.append("x".repeat(2000));
            }

            Queue<AppendResult> results = fixture.awaitResults(APPENDS);

            assertThat(results).hasSize(APPENDS).anyMatch(result -> result.error() == ErrorCode.KAFKA_STORAGE_ERROR);
            assertThat(fixture.shard().failure()).isInstanceOf(OutOfMemoryError.class);
            memoryIsOut.set(false);
        }
    }
}
