package io.millrace.broker.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.Batches;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
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
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two data folders on a real disk: what one of them has lost, the other must not replace. */
class LogManagerTest {

    private static final ShardOptions OPTIONS =
            new ShardOptions(new JournalOptions(1 << 20, 2), new TailOptions(64 << 10, 4096, 16 << 10), 30_000, 0, 1);
    private static final LogId ORDERS = new LogId("orders", new UUID(1, 1), 0);
    private static final LogId NAMESAKE = new LogId("orders", new UUID(2, 2), 0);
    private static final LogId OTHER = new LogId("other", new UUID(3, 3), 0);

    @TempDir
    private Path parent;

    private final OsFileStore store = new OsFileStore();
    private final long nowMs = 1_000_000;
    private List<DataFolder> folders = List.of();

    @SuppressWarnings("NullAway.Init")
    private LogManager manager;

    @AfterEach
    void close() throws IOException {
        manager.close(nowMs);
    }

    @Test
    void aDamagedLogIsNotReplacedByAnEmptyOneInAnotherFolder() throws IOException {
        open("first");
        append(create(ORDERS), "one");
        append(create(OTHER), "two");
        close();
        Path segment = directory("first", ORDERS).resolve("00000000000000000000.log");
        try (var file = store.open(segment)) {
            file.truncate(Files.size(segment) - 10);
        }

        for (int start = 0; start < 3; start++) {
            open("first", "second");
            expect(ORDERS, OTHER);

            assertThat(manager.isDamaged(ORDERS.topicId(), 0)).isTrue();
            assertRefused(ORDERS, "is damaged");
            assertThat(log(OTHER).visibleEndOffset()).isEqualTo(1);
            close();
        }
    }

    @Test
    void aLogWhoseDirectoryIsGoneIsNotReplacedByAnEmptyOne() throws IOException {
        open("first");
        append(create(ORDERS), "one");
        append(create(OTHER), "two");
        close();
        store.deleteTree(directory("first", ORDERS));

        for (int start = 0; start < 3; start++) {
            open("first", "second");
            expect(ORDERS, OTHER);

            assertRefused(ORDERS, "is gone, though it had records up to offset 1");
            assertThat(log(OTHER).visibleEndOffset()).isEqualTo(1);
            close();
        }
    }

    @Test
    void aLogOfWhichOnlyTheJournalIsLeftIsNotReplacedByAnEmptyOne() throws IOException {
        open("first", "second");
        append(create(ORDERS), "one");
        append(log(ORDERS), "two");
        kill();
        store.deleteTree(directory("first", ORDERS));

        for (int start = 0; start < 3; start++) {
            open("first", "second");
            expect(ORDERS);

            assertRefused(ORDERS, "is gone, though it had records up to offset 2");
            // A clean stop: from then on the checkpoint file alone must know.
            close();
        }
    }

    @Test
    void recordsOfWhichNobodyKnowsTheTopicAreNotHiddenByALogInAnotherFolder() throws IOException {
        open("first");
        append(create(ORDERS), "one");
        append(create(OTHER), "two");
        close();
        Files.delete(directory("first", ORDERS).resolve("partition.metadata"));

        open("first", "second");
        expect(ORDERS, OTHER);

        assertRefused(ORDERS, "does not say of which topic");
    }

    @Test
    void aLogThatNeverHadARecordIsCreatedAgain() throws IOException {
        open("first", "second");
        create(ORDERS);
        close();
        store.deleteTree(directory("first", ORDERS));

        open("first", "second");
        expect(ORDERS);

        assertThat(create(ORDERS).visibleEndOffset()).isZero();
    }

    @Test
    void aLogThatIsPutBackIsServedAgain() throws IOException {
        open("first", "second");
        append(create(ORDERS), "one");
        close();
        Path away = parent.resolve("away");
        Files.move(directory("first", ORDERS), away);
        open("first", "second");
        expect(ORDERS);
        close();

        Files.move(away, directory("first", ORDERS));
        open("first", "second");
        expect(ORDERS);

        assertThat(log(ORDERS).visibleEndOffset()).isEqualTo(1);
    }

    @Test
    void aNewTopicIsNotTakenForADeletedOneOfItsName() throws IOException {
        open("first", "second");
        append(create(ORDERS), "one");
        close();
        open("first", "second");
        expect(ORDERS);
        delete(ORDERS);
        // The directory is gone; and before the new topic has its log, the process dies.
        for (LogShard shard : manager.shards()) {
            while (shard.checkpointStep(nowMs)) {
                // one directory at a time
            }
        }
        kill();

        open("first", "second");
        expect(NAMESAKE);

        assertThat(create(NAMESAKE).visibleEndOffset()).isZero();
    }

    @Test
    void aTopicThatIsDeletedWhileALogOfItIsLostLeavesItsName() throws IOException {
        open("first", "second");
        append(create(ORDERS), "one");
        close();
        store.deleteTree(directory("first", ORDERS));
        open("first", "second");
        expect(ORDERS);

        append(create(NAMESAKE), "two");
        close();
        open("first", "second");
        expect(NAMESAKE);

        assertThat(log(NAMESAKE).visibleEndOffset()).isEqualTo(1);
    }

    private void open(String... names) throws IOException {
        folders = new ArrayList<>();
        for (String name : names) {
            folders.add(DataFolder.open(store, parent.resolve(name)));
        }
        manager = LogManager.open(
                store, folders, OPTIONS, 16, id -> LogConfig.defaults(), new SplittableRandom(1), nowMs);
    }

    private void expect(LogId... ids) throws IOException {
        manager.expect(List.of(ids));
    }

    /** Forgets the manager as it stands. */
    private void kill() throws IOException {
        for (DataFolder folder : folders) {
            folder.close();
        }
    }

    private void assertRefused(LogId id, String message) throws IOException {
        assertThatThrownBy(() -> create(id))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining(message);
        assertThat(manager.log(id.topicId(), id.partition())).isNull();
        assertThat(Files.exists(directory("second", id))).isFalse();
    }

    private PartitionLog create(LogId id) throws IOException {
        return manager.create(List.of(new NewLog(id, LogConfig.defaults())), nowMs)
                .get(0);
    }

    private PartitionLog log(LogId id) {
        return Objects.requireNonNull(manager.log(id.topicId(), id.partition()));
    }

    private void append(PartitionLog log, String value) {
        List<AppendResult> results = new ArrayList<>();
        ShardSlot slot = new ShardSlot();
        slot.load(
                new AppendCommand(log, Batches.of(nowMs, value), 0, AppendOrigin.CLIENT, Runnable::run, results::add));
        run(log, slot);
        assertThat(results).extracting(AppendResult::error).containsExactly(ErrorCode.NONE);
    }

    private void delete(LogId id) {
        ShardSlot slot = new ShardSlot();
        LogKey key = new LogKey(id.topicId(), id.partition());
        slot.load(new TaskRun<>((owner, now) -> owner.delete(key), (value, failure) -> {}));
        run(log(id), slot);
    }

    private void run(PartitionLog log, ShardSlot slot) {
        LogShard shard = Objects.requireNonNull(manager.shardOf(log));
        shard.append(slot, nowMs);
        shard.endAppendBatch(nowMs);
        shard.commit(slot);
        shard.endCommitBatch();
    }

    private Path directory(String folder, LogId id) {
        return parent.resolve(folder).resolve(id.directoryName());
    }
}
