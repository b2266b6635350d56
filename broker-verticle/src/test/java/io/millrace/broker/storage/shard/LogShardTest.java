package io.millrace.broker.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.Batches;
import io.millrace.broker.storage.CompactionConfig;
import io.millrace.broker.storage.Durability;
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
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A shard on a real disk, its stages driven by the test's own thread. */
class LogShardTest {

    private static final ShardOptions OPTIONS =
            new ShardOptions(new JournalOptions(1 << 20, 2), new TailOptions(64 << 10, 4096, 16 << 10), 30_000, 0, 1);
    private static final LogId FIRST = new LogId("orders", new UUID(1, 1), 0);
    private static final LogId SECOND = new LogId("orders", new UUID(2, 2), 0);
    private static final LogId THIRD = new LogId("payments", new UUID(3, 3), 0);
    private static final LogConfig FLUSHED = LogConfig.defaults().toBuilder()
            .durability(Durability.OS)
            .flushMessages(1)
            .build();

    @TempDir
    private Path parent;

    private boolean diskIsFull;
    private final List<String> calls = new ArrayList<>();
    private final FileStore store = WatchedDisk.of((method, path) -> {
        calls.add(method + " " + path);
        if (diskIsFull && method.equals("preallocate")) {
            throw new IOException("No space left on device");
        }
    });
    private final List<AppendResult> results = new ArrayList<>();
    private final long nowMs = 1_000_000;
    private DataFolder folder;
    private LogShard shard;

    @BeforeEach
    void open() throws IOException {
        folder = DataFolder.open(store, parent.resolve("data"));
        LogResources resources = new LogResources(store, 16);
        shard = LogShard.open(
                store, folder, resources, OPTIONS, id -> LogConfig.defaults(), new SplittableRandom(1), nowMs);
    }

    @AfterEach
    void close() throws IOException {
        shard.close(nowMs);
        folder.close();
    }

    @Test
    void aDamagedLogIsRefusedAtEveryStartAndNeverCut() throws IOException {
        append(create(FIRST, LogConfig.defaults()), "one");
        append(log(FIRST), "two");
        reopen();
        Path segment = segment();
        long damagedBytes = Files.size(segment) - 10;
        try (var file = store.open(segment)) {
            file.truncate(damagedBytes);
        }

        for (int start = 0; start < 3; start++) {
            reopen();
            assertThat(shard.log(key(FIRST))).isNull();
            assertThat(Files.size(segment)).isEqualTo(damagedBytes);
        }
    }

    @Test
    void aNewTopicDoesNotTakeOverTheRecordsOfADamagedOneOfItsName() throws IOException {
        append(create(FIRST, LogConfig.defaults()), "one");
        append(log(FIRST), "two");
        reopen();
        try (var file = store.open(segment())) {
            file.truncate(Files.size(segment()) - 10);
        }
        reopen();

        PartitionLog fresh = create(SECOND, LogConfig.defaults());

        assertThat(fresh.visibleEndOffset()).isZero();
        append(fresh, "three");
        reopen();
        assertThat(log(SECOND).visibleEndOffset()).isEqualTo(1);
        assertThat(shard.openSummary().damagedLogs()).isZero();
    }

    @Test
    void recordsOfWhichNobodyKnowsTheTopicAreLeftAlone() throws IOException {
        append(create(FIRST, LogConfig.defaults()), "one");
        shard.close(nowMs);
        folder.close();
        Files.delete(segment().resolveSibling("partition.metadata"));
        open();

        assertThatThrownBy(() -> create(FIRST, LogConfig.defaults())).hasMessageContaining("does not say");

        assertThat(Files.size(segment())).isPositive();
    }

    @Test
    void aLogThatIsDeletedBehindAnAppendInOneBatchHurtsNobodyElse() throws IOException {
        PartitionLog log = create(FIRST, FLUSHED);
        ShardSlot append = appendSlot(log, "one");
        ShardSlot delete = deleteSlot();
        run(List.of(append, delete));

        assertThat(results).extracting(AppendResult::error).containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(shard.isOffline()).isFalse();
    }

    @Test
    void aLogThatIsDeletedWhileItsSyncWaitsHurtsNobodyElse() throws IOException {
        PartitionLog log = create(FIRST, FLUSHED);
        ShardSlot append = appendSlot(log, "one");
        ShardSlot delete = deleteSlot();
        shard.append(append, nowMs);
        shard.endAppendBatch(nowMs);
        shard.append(delete, nowMs);
        shard.endAppendBatch(nowMs);
        commit(List.of(append, delete));

        assertThat(results).extracting(AppendResult::error).containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(shard.isOffline()).isFalse();
    }

    @Test
    void theNewNameOfADeletedLogIsDurableBeforeItsFilesGo() throws IOException {
        create(FIRST, LogConfig.defaults());
        while (shard.checkpointStep(nowMs)) {
            // whatever is due
        }
        calls.clear();

        run(List.of(deleteSlot()));
        while (shard.checkpointStep(nowMs)) {
            // one directory
        }

        List<String> changes = calls.stream()
                .filter(call -> call.matches("(move|deleteTree) .*") || call.equals("syncDirectory " + folder.path()))
                .map(call -> call.substring(0, call.indexOf(' ')))
                .toList();
        assertThat(changes).containsExactly("move", "syncDirectory", "deleteTree");
    }

    /** Its pages go to the next log without being written: there is no file for them any more. */
    @Test
    void theMemoryOfADeletedLogGoesToOthers() throws IOException {
        append(create(FIRST, LogConfig.defaults()), "one");
        run(List.of(deleteSlot()));
        PartitionLog second = create(SECOND, LogConfig.defaults());
        for (int i = 0; i < 40; i++) {
            append(second, "x".repeat(4000)); // more than twice the memory
        }

        assertThat(shard.isOffline()).isFalse();
        assertThat(second.visibleEndOffset()).isEqualTo(40);
    }

    @Test
    void aListenerThatFailsHurtsNobodyElse() throws IOException {
        PartitionLog log = create(FIRST, LogConfig.defaults());
        List<Long> ends = new ArrayList<>();
        log.addListener((of, end) -> {
            throw new RejectedExecutionException("event loop is gone");
        });
        log.addListener((of, end) -> ends.add(end));

        append(log, "one");
        append(log, "two");

        assertThat(ends).containsExactly(1L, 2L);
        assertThat(shard.isOffline()).isFalse();
    }

    @Test
    void whatIsAcknowledgedIsVisibleAlsoWhenTheShardFailsBehindIt() throws IOException {
        LogConfig unsynced =
                LogConfig.defaults().toBuilder().durability(Durability.OS).build();
        PartitionLog log = create(FIRST, unsynced);
        PartitionLog broken = create(THIRD, unsynced);
        broken.addListener((of, end) -> {
            throw new AssertionError("a fault of ours");
        });

        run(List.of(appendSlot(log, "one"), appendSlot(broken, "two"), appendSlot(log, "three")));

        assertThat(shard.isOffline()).isTrue();
        assertThat(results)
                .extracting(AppendResult::error)
                .containsExactlyInAnyOrder(
                        ErrorCode.NONE, ErrorCode.KAFKA_STORAGE_ERROR, ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(log.visibleEndOffset()).isPositive();
    }

    /** What waits in memory is in no journal that could bring it back, once the topic trusts the page cache. */
    @Test
    void whatIsAcknowledgedSurvivesAKillThoughTheTopicStopsUsingTheJournalBehindIt() throws IOException {
        PartitionLog log = create(FIRST, LogConfig.defaults());
        ShardSlot append = appendSlot(log, "one");
        ShardSlot configure = configureSlot(
                log, LogConfig.defaults().toBuilder().durability(Durability.OS).build());

        run(List.of(append, configure));

        assertThat(results).extracting(AppendResult::error).containsExactly(ErrorCode.NONE);
        assertThat(endAfterAKill()).isEqualTo(1);
    }

    @Test
    void anAppendOfAnEpochThatHasEndedIsRefused() throws IOException {
        PartitionLog log = create(FIRST, LogConfig.defaults());
        run(List.of(appendSlot(log, 6, "one"), appendSlot(log, 5, "two"), appendSlot(log, 6, "three")));

        assertThat(results)
                .extracting(AppendResult::error)
                .containsExactlyInAnyOrder(ErrorCode.NONE, ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.NONE);
        assertThat(log.visibleEndOffset()).isEqualTo(2);
        assertThat(log.endOffsetForEpoch(5).endOffset()).isNotPositive();
        assertThat(log.endOffsetForEpoch(6).endOffset()).isEqualTo(2);
    }

    @Test
    @Timeout(60)
    void aJournalFileWithRoomIsNotGivenUpWhileThereIsNoOther() throws IOException {
        PartitionLog log = create(FIRST, LogConfig.defaults());
        append(log, "one");
        diskIsFull = true;
        shard.checkpointStep(nowMs + OPTIONS.checkpointIntervalMs());
        assertThat(shard.wantsCommit()).isTrue();

        append(log, "two");

        assertThat(shard.isOffline()).isFalse();
    }

    @Test
    void checkpointsGoOnWhenTheClockWasSetBack() throws IOException {
        append(create(FIRST, LogConfig.defaults()), "one");
        long backMs = nowMs - 500_000;
        while (shard.checkpointStep(backMs)) {
            // whatever is due
        }

        while (shard.checkpointStep(backMs + OPTIONS.checkpointIntervalMs())) {
            // one log at a time
        }

        assertThat(shard.wantsCommit()).isTrue();
    }

    @Test
    void aSegmentThatWasClosedForItsAgeIsCompactedThoughNothingIsAppended() throws IOException {
        long lagMs = 1_000;
        LogConfig compacted = LogConfig.defaults().toBuilder()
                .deletes(false)
                .compacts(true)
                .compaction(new CompactionConfig(0, 0, lagMs, 1))
                .build();
        PartitionLog log = create(FIRST, compacted);
        append(log, "one");
        long laterMs = checkpoint(nowMs);
        assertThat(log.recoveryPoint()).isEqualTo(1);

        long upkeepMs = laterMs + lagMs;
        run(List.of(taskSlot(owner -> {
            owner.maintain(log, upkeepMs);
            return log;
        })));
        laterMs = checkpoint(upkeepMs);
        while (shard.compactionStep(laterMs) >= 0) {
            // to the end
        }

        assertThat(log.compactor().cleanedOffset()).isEqualTo(1);
    }

    /** It can take long, and appends would wait for it. */
    @Test
    void theFilesOfRemovedSegmentsAreNotDeletedByTheAppendThread() throws IOException {
        LogConfig shortSegments = LogConfig.defaults().toBuilder()
                .segmentBytes(200)
                .fileDeleteDelayMs(0)
                .build();
        PartitionLog log = create(FIRST, shortSegments);
        for (int i = 0; i < 5; i++) {
            append(log, "x".repeat(100));
        }
        run(List.of(taskSlot(owner -> owner.deleteRecords(log, 4, nowMs))));
        long laterMs = checkpoint(nowMs);
        calls.clear();

        run(List.of(taskSlot(owner -> {
            owner.maintain(log, laterMs);
            return log;
        })));

        assertThat(calls).noneMatch(call -> call.matches("delete .*\\.log"));
        checkpoint(laterMs);
        assertThat(calls).filteredOn(call -> call.matches("delete .*\\.log")).hasSize(4);
        assertThat(shard.isOffline()).isFalse();
    }

    @Test
    void filesOfALogThatIsDeletedMeanwhileHurtNobody() throws IOException {
        LogConfig shortSegments = LogConfig.defaults().toBuilder()
                .segmentBytes(200)
                .fileDeleteDelayMs(0)
                .build();
        PartitionLog log = create(FIRST, shortSegments);
        for (int i = 0; i < 5; i++) {
            append(log, "x".repeat(100));
        }
        run(List.of(taskSlot(owner -> owner.deleteRecords(log, 4, nowMs))));
        long laterMs = checkpoint(nowMs);
        run(List.of(taskSlot(owner -> {
            owner.maintain(log, laterMs);
            return log;
        })));
        run(List.of(deleteSlot()));
        PartitionLog fresh = create(SECOND, shortSegments);
        append(fresh, "one");

        checkpoint(laterMs);

        assertThat(shard.isOffline()).isFalse();
        assertThat(Files.size(segment())).isPositive();
    }

    /** Lets the time pass in which everything gets to the disk; returns when it is over. */
    private long checkpoint(long fromMs) {
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

    @Test
    void aSyncThatIsLateDoesNotWriteIntoTheDirectoryOfANamesake() throws IOException {
        ShardSlot append = appendSlot(create(FIRST, FLUSHED), 7, "one");
        ShardSlot delete = deleteSlot();
        shard.append(append, nowMs);
        shard.endAppendBatch(nowMs);
        shard.append(delete, nowMs);
        shard.endAppendBatch(nowMs);
        create(SECOND, LogConfig.defaults());

        commit(List.of(append, delete));

        Path epochs = segment().resolveSibling("leader-epoch-checkpoint");
        assertThat(Files.exists(epochs) ? Files.readString(epochs) : "").doesNotContain("7 0");
        assertThat(shard.isOffline()).isFalse();
    }

    /** A failed sync can leave the journal without a batch that the segment still has in the page cache. */
    @Test
    void syncsTheSegmentWhereTheJournalHasAGap() throws IOException {
        append(create(FIRST, LogConfig.defaults()), "one");
        append(log(FIRST), "two");
        log(FIRST).beginCheckpoint(); // writes to the segment; its sync never comes

        assertThat(syncsOfSegmentsAfterAKill("whole", false)).isEmpty();
        assertThat(syncsOfSegmentsAfterAKill("gap", true)).hasSize(1);
    }

    /** Opens a copy of the files as they are, with or without the first frame of the journal. */
    private List<Path> syncsOfSegmentsAfterAKill(String name, boolean loseFirstFrame) throws IOException {
        Path copy = parent.resolve(name);
        copyTree(folder.path(), copy);
        if (loseFirstFrame) {
            try (var journal = store.open(copy.resolve("journal-000000.mj"))) {
                journal.write(ByteBuffer.allocate(4096), 4096);
            }
        }
        List<Path> synced = new ArrayList<>();
        FileStore watched = WatchedDisk.of((method, path) -> {
            if (method.equals("sync") && path.toString().endsWith(".log")) {
                synced.add(path);
            }
        });
        try (DataFolder copied = DataFolder.open(watched, copy)) {
            LogShard recovered = LogShard.open(
                    watched,
                    copied,
                    new LogResources(watched, 16),
                    OPTIONS,
                    id -> LogConfig.defaults(),
                    new SplittableRandom(1),
                    nowMs);
            List<Path> whileOpening = List.copyOf(synced);
            assertThat(Objects.requireNonNull(recovered.log(key(FIRST))).visibleEndOffset())
                    .isEqualTo(2);
            recovered.close(nowMs);
            return whileOpening;
        }
    }

    private long endAfterAKill() throws IOException {
        Path copy = parent.resolve("killed");
        copyTree(folder.path(), copy);
        try (DataFolder copied = DataFolder.open(store, copy)) {
            LogShard recovered = LogShard.open(
                    store,
                    copied,
                    new LogResources(store, 16),
                    OPTIONS,
                    id -> LogConfig.defaults(),
                    new SplittableRandom(1),
                    nowMs);
            long end = Objects.requireNonNull(recovered.log(key(FIRST))).visibleEndOffset();
            recovered.close(nowMs);
            return end;
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each)));
            }
        }
    }

    private void reopen() throws IOException {
        close();
        open();
    }

    private PartitionLog create(LogId id, LogConfig config) throws IOException {
        return shard.create(List.of(new NewLog(id, config)), nowMs).get(0);
    }

    private PartitionLog log(LogId id) {
        return Objects.requireNonNull(shard.log(key(id)));
    }

    private void append(PartitionLog log, String value) {
        run(List.of(appendSlot(log, value)));
        assertThat(results.get(results.size() - 1).error()).isEqualTo(ErrorCode.NONE);
    }

    private ShardSlot appendSlot(PartitionLog log, String value) {
        return appendSlot(log, 0, value);
    }

    private ShardSlot appendSlot(PartitionLog log, int leaderEpoch, String value) {
        ShardSlot slot = new ShardSlot();
        slot.load(new AppendCommand(
                log, Batches.of(nowMs, value), leaderEpoch, AppendOrigin.CLIENT, Runnable::run, results::add));
        return slot;
    }

    private interface Step {
        Object run(LogShard owner) throws IOException;
    }

    private static ShardSlot taskSlot(Step step) {
        ShardSlot slot = new ShardSlot();
        ShardTask<Object> task = (owner, now) -> step.run(owner);
        slot.load(new TaskRun<>(task, (value, failure) -> {}));
        return slot;
    }

    private static ShardSlot deleteSlot() {
        ShardSlot slot = new ShardSlot();
        slot.load(new TaskRun<>((owner, now) -> owner.delete(key(FIRST)), (value, failure) -> {}));
        return slot;
    }

    private static ShardSlot configureSlot(PartitionLog log, LogConfig config) {
        ShardSlot slot = new ShardSlot();
        ShardTask<Boolean> task = (owner, now) -> {
            owner.configure(log, config);
            return true;
        };
        slot.load(new TaskRun<>(task, (value, failure) -> {}));
        return slot;
    }

    private void run(List<ShardSlot> slots) {
        slots.forEach(slot -> shard.append(slot, nowMs));
        shard.endAppendBatch(nowMs);
        commit(slots);
    }

    private void commit(List<ShardSlot> slots) {
        slots.forEach(shard::commit);
        shard.endCommitBatch();
    }

    private Path segment() {
        return folder.path().resolve(FIRST.directoryName()).resolve("00000000000000000000.log");
    }

    private static LogKey key(LogId id) {
        return new LogKey(id.topicId(), id.partition());
    }
}
