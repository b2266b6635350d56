package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What recovery makes of the end of a log: the recovery point, the journal, and what was never acknowledged. */
class PartitionLogRecoveryTest extends LogTestBase {

    @Test
    void readsEverythingAfterACleanStopWithoutChecking() throws IOException {
        fixture.fill(50);

        RecoverySummary summary = fixture.reopenClean().summary();

        assertThat(summary).isEqualTo(new RecoverySummary(0, 0, 0));
        assertThat(fixture.values()).isEqualTo(fixture.expected);
        assertThat(fixture.log.latestEpoch()).isEqualTo(5);
        assertThat(fixture.log.maxTimestampOffset().offset()).isEqualTo(49);
        fixture.fill(50);
        assertThat(fixture.values()).isEqualTo(fixture.expected);
    }

    @Test
    void readsEverythingAfterAKill() throws IOException {
        fixture.fill(50);

        RecoverySummary summary = fixture.reopenAfterKill().summary();

        assertThat(summary.checkedBytes()).isPositive();
        assertThat(summary.cutBytes()).isZero();
        fixture.log.finishRecovery(-1, false, 1);
        assertThat(fixture.log.recoveryPoint()).isEqualTo(50);
        assertThat(fixture.values()).isEqualTo(fixture.expected);
        fixture.fill(50);
        assertThat(fixture.values()).isEqualTo(fixture.expected);
    }

    @Test
    void checksOnlyWhatFollowsTheRecoveryPoint() throws IOException {
        fixture.fill(40);
        fixture.log.checkpoint();
        assertThat(fixture.log.isDirty()).isFalse();
        fixture.fill(1);

        RecoverySummary summary = fixture.reopenAfterKill().summary();

        assertThat(summary.checkedBytes()).isBetween(1L, 200L);
        assertThat(fixture.values()).isEqualTo(fixture.expected);
    }

    @Test
    void resumesFromLastValidBatchAfterTornWrite() throws IOException {
        fixture.fill(20);
        Damage.cut(fixture.activeLog(), 3);
        fixture.expected.remove(19);

        RecoverySummary summary = fixture.reopenAfterKill().summary();

        assertThat(summary.cutBytes()).isPositive();
        assertThat(fixture.values()).isEqualTo(fixture.expected);
        fixture.fill(10);
        assertThat(fixture.values()).isEqualTo(fixture.expected);
    }

    @Test
    void cutsBytesThatAreNoBatch() throws IOException {
        fixture.fill(20);
        Damage.appendBytes(fixture.activeLog(), new byte[5000]);

        assertThat(fixture.reopenAfterKill().summary().cutBytes()).isEqualTo(5000);
        assertThat(fixture.values()).isEqualTo(fixture.expected);
    }

    @Test
    void cutsAtAFlippedBitAndTakesTheRestFromTheJournal() throws IOException {
        List<ByteBuf> journal = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ByteBuf batch = Batches.idempotent(9, 0, i, i, "value-" + i);
            fixture.expected.add("value-" + i);
            fixture.append(batch);
            journal.add(Unpooled.copiedBuffer(batch));
        }
        Damage.flipBit(fixture.file("00000000000000000000.log"), 250);

        RecoverySummary summary = fixture.reopenAfterKill().summary();
        assertThat(summary.cutBytes()).isPositive();
        assertThat(fixture.values()).hasSizeLessThan(4);
        for (ByteBuf batch : journal) {
            fixture.log.replay(batch, 1);
        }
        fixture.log.finishRecovery(-1, false, 1);

        assertThat(fixture.values()).isEqualTo(fixture.expected);
        assertThat(fixture.append(Batches.idempotent(9, 0, 19, 1, "value-19")).duplicate())
                .isTrue();
        fixture.fill(5);
        assertThat(fixture.values()).isEqualTo(fixture.expected);
    }

    @Test
    void replaysTheJournalIdempotently() throws IOException {
        ByteBuf batch = Batches.of(1, "a", "b");
        fixture.append(batch);
        fixture.log.replay(batch, 1);
        fixture.log.finishRecovery(-1, false, 1);

        assertThat(fixture.values()).containsExactly("a", "b");
    }

    @Test
    void refusesAJournalBatchThatOverlapsTheEnd() throws IOException {
        fixture.append(Batches.of(1, "a", "b"));
        ByteBuf batch = Batches.of(1, "c", "d");
        RecordBatch.setBaseOffset(batch, 0, 1);

        assertThatThrownBy(() -> fixture.log.replay(batch, 1)).isInstanceOf(CorruptLogException.class);
    }

    @Test
    void leavesOutBatchesOfTheJournalBehindAHole() throws IOException {
        fixture.append(Batches.of(1, "a"));
        ByteBuf batch = Batches.of(1, "part of a commit that was never finished");
        RecordBatch.setBaseOffset(batch, 0, 7);

        assertThat(fixture.log.replay(batch, 1)).isEqualTo(ReplayOutcome.BEYOND);

        fixture.log.finishRecovery(-1, false, 1);
        assertThat(fixture.valuesFrom(0)).containsExactly("a");
        assertThat(fixture.append(Batches.of(1, "next")).baseOffset()).isEqualTo(1);
    }

    @Test
    void refusesALogThatIsDamagedBeforeItsRecoveryPoint() throws IOException {
        fixture.fill(4);
        fixture.log.checkpoint();
        Damage.cut(fixture.activeLog(), 5);
        long size = Files.size(fixture.activeLog());

        assertThatThrownBy(fixture::reopenAfterKill)
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("recovery point 4");
        assertThat(Files.size(fixture.activeLog())).isEqualTo(size);
    }

    @Test
    void refusesALogWhoseDurableSegmentsAreGone() throws IOException {
        fixture.fill(40);
        fixture.log.close();
        Files.delete(fixture.activeLog());

        assertThatThrownBy(() -> fixture.open(new OpenState(0, 40, true)))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("acknowledged records are missing");
    }

    @Test
    void removesLeftoversOfTheLastLife() throws IOException {
        Files.createFile(fixture.file("00000000000000000000.log.deleted"));
        Files.createFile(fixture.file("leader-epoch-checkpoint.tmp"));

        fixture.reopenClean();

        assertThat(fixture.files()).doesNotContain("00000000000000000000.log.deleted", "leader-epoch-checkpoint.tmp");
    }

    @Test
    void takesWhatTheJournalHasOverSegmentsThatAnInterruptedRecoveryRemoved() throws IOException {
        fixture.fill(10);
        fixture.log.abandon();
        // The first segment was extended by a replay while the removal of the second did not reach the disk.
        List<String> logs = fixture.files(".log");
        assertThat(logs).hasSizeGreaterThan(1);
        Damage.appendBytes(fixture.file(logs.get(0)), Files.readAllBytes(fixture.file(logs.get(1))));

        fixture.open(OpenState.UNKNOWN);
        fixture.log.finishRecovery(-1, true, 1);

        assertThat(fixture.values()).isEqualTo(fixture.expected);
        fixture.fill(1);
        assertThat(fixture.values()).isEqualTo(fixture.expected);
    }

    @Test
    void refusesAnOverlapBeforeTheRecoveryPoint() throws IOException {
        fixture.fill(10);
        fixture.log.checkpoint();
        fixture.log.abandon();
        List<String> logs = fixture.files(".log");
        Damage.appendBytes(fixture.file(logs.get(0)), Files.readAllBytes(fixture.file(logs.get(1))));
        Files.delete(fixture.file("leader-epoch-checkpoint"));

        assertThatThrownBy(() -> fixture.open(new OpenState(0, 10, false))).isInstanceOf(CorruptLogException.class);
    }

    @Test
    void syncsWhatAnInterruptedRecoveryMayHaveCutAtTheRecoveryPoint() throws IOException {
        List<String> calls = new ArrayList<>();
        fixture = new LogFixture(
                parent.resolve("watched"),
                LogFixture.SMALL_SEGMENTS,
                WatchedDisk.of((method, path) -> calls.add(method + " " + path)));
        fixture.fill(20);
        fixture.log.checkpoint();
        fixture.log.abandon();
        List<String> logs = fixture.files(".log");
        long recoveryPoint = Long.parseLong(logs.get(2).substring(0, 20));
        calls.clear();

        fixture.open(new OpenState(0, recoveryPoint, false));
        fixture.log.finishRecovery(-1, true, 1);

        assertThat(calls).contains("sync " + fixture.file(logs.get(1)));
    }

    /** The next start believes the indexes of closed segments, also where a checkpoint had taken them and did not get to them. */
    @Test
    void aStopSyncsWhatAnUnfinishedCheckpointHasBegun() throws IOException {
        List<String> calls = new ArrayList<>();
        fixture = new LogFixture(
                parent.resolve("watched"),
                LogFixture.SMALL_SEGMENTS,
                WatchedDisk.of((method, path) -> calls.add(method + " " + path.getFileName())));
        fixture.append(Batches.keyed(100, "a=1"));
        fixture.log.checkpoint();
        fixture.log.roll(fixture.nowMs);
        fixture.log.beginCheckpoint();
        calls.clear();

        fixture.log.close();

        assertThat(calls).contains("sync 00000000000000000000.index", "sync 00000000000000000000.timeindex");
    }
}
