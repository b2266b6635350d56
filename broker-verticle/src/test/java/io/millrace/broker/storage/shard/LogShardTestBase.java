package io.millrace.broker.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.Batches;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.LogResources;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.WatchedDisk;
import io.millrace.broker.storage.journal.JournalOptions;
import io.millrace.broker.storage.segment.TailOptions;
import io.millrace.wire.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A shard on a real disk, its stages driven by the test's own thread. */
abstract class LogShardTestBase {

    static final ShardOptions OPTIONS =
            new ShardOptions(new JournalOptions(1 << 20, 2), new TailOptions(64 << 10, 4096, 16 << 10), 30_000, 0, 1);
    static final LogId FIRST = new LogId("orders", new UUID(1, 1), 0);
    static final LogId SECOND = new LogId("orders", new UUID(2, 2), 0);
    static final LogId THIRD = new LogId("payments", new UUID(3, 3), 0);

    @TempDir
    Path parent;

    boolean diskIsFull;
    final List<String> calls = new ArrayList<>();
    final FileStore store = WatchedDisk.of((method, path) -> {
        calls.add(method + " " + path);
        if (diskIsFull && method.equals("preallocate")) {
            throw new IOException("No space left on device");
        }
    });
    final List<AppendResult> results = new ArrayList<>();
    final long nowMs = 1_000_000;
    DataFolder folder;
    LogShard shard;

    @BeforeEach
    void open() throws IOException {
        folder = DataFolder.open(store, parent.resolve("data"));
        shard = open(store, folder);
    }

    final LogShard open(FileStore files, DataFolder from) throws IOException {
        LogResources resources = new LogResources(files, 16);
        return LogShard.open(
                files, from, resources, OPTIONS, id -> LogConfig.defaults(), new SplittableRandom(1), nowMs);
    }

    @AfterEach
    void close() throws IOException {
        shard.close(nowMs);
        folder.close();
    }

    final PartitionLog create(LogId id, LogConfig config) throws IOException {
        return shard.create(List.of(new NewLog(id, config)), nowMs).get(0);
    }

    final PartitionLog log(LogId id) {
        return Objects.requireNonNull(shard.log(key(id)));
    }

    final void append(PartitionLog log, String value) {
        run(List.of(appendSlot(log, value)));
        assertThat(results.get(results.size() - 1).error()).isEqualTo(ErrorCode.NONE);
    }

    final ShardSlot appendSlot(PartitionLog log, String value) {
        return appendSlot(log, 0, value);
    }

    final ShardSlot appendSlot(PartitionLog log, int leaderEpoch, String value) {
        ShardSlot slot = new ShardSlot();
        slot.load(new AppendCommand(
                log, Batches.of(nowMs, value), leaderEpoch, AppendOrigin.CLIENT, Runnable::run, results::add));
        return slot;
    }

    interface Step {
        Object run(LogShard owner) throws IOException;
    }

    static ShardSlot taskSlot(Step step) {
        ShardSlot slot = new ShardSlot();
        ShardTask<Object> task = (owner, now) -> step.run(owner);
        slot.load(new TaskRun<>(task, (value, failure) -> {}));
        return slot;
    }

    static ShardSlot maintainSlot(PartitionLog log, long atMs) {
        return taskSlot(owner -> {
            owner.maintain(log, atMs);
            return log;
        });
    }

    final void run(List<ShardSlot> slots) {
        slots.forEach(slot -> shard.append(slot, nowMs));
        shard.endAppendBatch(nowMs);
        commit(slots);
    }

    final void commit(List<ShardSlot> slots) {
        slots.forEach(shard::commit);
        shard.endCommitBatch();
    }

    /** Lets the time pass in which everything gets to the disk; returns when it is over. */
    final long checkpoint(long fromMs) {
        long atMs = fromMs;
        for (int round = 0; round < 3; round++) {
            atMs += OPTIONS.checkpointIntervalMs();
            while (shard.checkpointStep(atMs)) {
                // one piece at a time
            }
            commit(List.of());
        }
        return atMs;
    }

    final Path segment() {
        return folder.path().resolve(FIRST.directoryName()).resolve("00000000000000000000.log");
    }

    static LogKey key(LogId id) {
        return new LogKey(id.topicId(), id.partition());
    }
}
