package io.millrace.broker.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.Batches;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.LogResources;
import io.millrace.broker.storage.OsFileStore;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.journal.JournalOptions;
import io.millrace.broker.storage.segment.TailOptions;
import io.millrace.wire.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long appends wait for a checkpoint of many logs that have much in memory. */
class CheckpointPauseTest {

    private static final int LOGS = 20;
    private static final int LOG_BYTES = 900_000;
    private static final ShardOptions OPTIONS =
            new ShardOptions(new JournalOptions(20 << 20, 2), TailOptions.ofBytes(32 << 20), 30_000, 0, 1);

    @TempDir
    private Path parent;

    private final FileStore store = new OsFileStore();
    private final List<AppendResult> results = new ArrayList<>();
    private final List<Long> pauseBytes = new ArrayList<>();
    private long nowMs = 1_000_000;
    private DataFolder folder;
    private LogShard shard;

    @BeforeEach
    void open() throws IOException {
        folder = DataFolder.open(store, parent.resolve("data"));
        shard = LogShard.open(
                store,
                folder,
                new LogResources(store, 100),
                OPTIONS,
                id -> LogConfig.defaults(),
                new SplittableRandom(1),
                nowMs);
        shard.driver(new Watching(new InlineDriver(shard, nowMs)));
    }

    @AfterEach
    void close() throws IOException {
        shard.close(nowMs);
        folder.close();
    }

    @Test
    void appendsWaitForAFewMegabytesAtATime() throws IOException {
        List<PartitionLog> logs = shard.create(
                IntStream.range(0, LOGS)
                        .mapToObj(i -> new NewLog(new LogId("t", new UUID(1, 1), i), LogConfig.defaults()))
                        .toList(),
                nowMs);
        for (PartitionLog log : logs) {
            append(log, "x".repeat(LOG_BYTES));
        }
        assertThat(bytesInSegments()).isLessThan(LOG_BYTES);

        checkpoint();

        assertThat(bytesInSegments()).isGreaterThan((long) LOGS * LOG_BYTES);
        assertThat(logs).allMatch(log -> log.recoveryPoint() == 1);
        assertThat(pauseBytes).allMatch(bytes -> bytes <= 5 << 20);
        assertThat(pauseBytes.stream().filter(bytes -> bytes > 0)).hasSizeBetween(4, 7);
    }

    private void checkpoint() {
        for (int round = 0; round < 2; round++) {
            nowMs += 30_001;
            while (shard.checkpointStep(nowMs)) {
                // the first round makes commit begin another journal file, the second empties the one before
            }
            shard.endCommitBatch();
        }
    }

    private void append(PartitionLog log, String value) {
        ShardSlot slot = new ShardSlot();
        slot.load(
                new AppendCommand(log, Batches.of(nowMs, value), 0, AppendOrigin.CLIENT, Runnable::run, results::add));
        shard.append(slot, nowMs);
        shard.endAppendBatch(nowMs);
        shard.commit(slot);
        shard.endCommitBatch();
        assertThat(results.get(results.size() - 1).error()).isEqualTo(ErrorCode.NONE);
    }

    private long bytesInSegments() throws IOException {
        try (Stream<Path> all = Files.walk(folder.path())) {
            return all.filter(path -> path.toString().endsWith(".log"))
                    .mapToLong(path -> path.toFile().length())
                    .sum();
        }
    }

    /** Tells how much each task of the append thread has written to segments. */
    private final class Watching implements ShardDriver {

        private final ShardDriver inline;

        Watching(ShardDriver inline) {
            this.inline = inline;
        }

        @Override
        public <T> T onAppendThread(ShardTask<T> task) throws IOException {
            long before = bytesInSegments();
            T result = inline.onAppendThread(task);
            pauseBytes.add(bytesInSegments() - before);
            return result;
        }

        @Override
        public void wakeCheckpoint() {
            inline.wakeCheckpoint();
        }

        @Override
        public void awaitCheckpoint(BooleanSupplier condition) {
            inline.awaitCheckpoint(condition);
        }

        @Override
        public void wakeCommit() {
            inline.wakeCommit();
        }
    }
}
