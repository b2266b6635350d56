package io.millrace.broker.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.Durability;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.WatchedDisk;
import io.millrace.wire.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a shard finds when it is opened, after kills and damage. */
class LogShardRecoveryTest extends LogShardTestBase {

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

    /** What waits in memory is in no journal that could bring it back, once the topic trusts the page cache. */
    @Test
    void whatIsAcknowledgedSurvivesAKillThoughTheTopicStopsUsingTheJournalBehindIt() throws IOException {
        PartitionLog log = create(FIRST, LogConfig.defaults());
        ShardSlot append = appendSlot(log, "one");
        ShardSlot configure = taskSlot(owner -> {
            owner.configure(
                    log,
                    LogConfig.defaults().toBuilder().durability(Durability.OS).build());
            return log;
        });

        run(List.of(append, configure));

        assertThat(results).extracting(AppendResult::error).containsExactly(ErrorCode.NONE);
        assertThat(endAfterAKill()).isEqualTo(1);
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
            LogShard recovered = open(watched, copied);
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
            LogShard recovered = open(store, copied);
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
}
