package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionLogRecoveryTest {

    private static final LogConfig SMALL = LogConfig.defaults().toBuilder()
            .segmentBytes(600)
            .indexIntervalBytes(100)
            .build();

    @TempDir
    Path parent;

    private LogFixture fixture;
    private final List<String> expected = new ArrayList<>();

    @BeforeEach
    void create() throws IOException {
        fixture = new LogFixture(parent, SMALL);
    }

    private void fill(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int sequence = expected.size();
            expected.add("value-" + sequence);
            fixture.append(Batches.idempotent(9, 0, sequence, sequence * 10L, "value-" + sequence));
        }
    }

    private Path file(String name) {
        return fixture.directory.resolve(name);
    }

    /** The newest {@code .log} file. */
    private Path activeLog() {
        try {
            List<String> logs = fixture.files().stream()
                    .filter(name -> name.endsWith(".log"))
                    .toList();
            return file(logs.get(logs.size() - 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void flipBit(Path path, long position) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, position);
            one.put(0, (byte) (one.get(0) ^ 0x10));
            channel.write(one.flip(), position);
        }
    }

    private static void appendBytes(Path path, byte[] bytes) throws IOException {
        Files.write(path, bytes, StandardOpenOption.APPEND);
    }

    private static void cut(Path path, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - bytes);
        }
    }

    @Test
    void readsEverythingAfterACleanStopWithoutChecking() throws IOException {
        fill(50);

        RecoverySummary summary = fixture.reopenClean().summary();

        assertThat(summary).isEqualTo(new RecoverySummary(0, 0, 0));
        assertThat(fixture.values()).isEqualTo(expected);
        assertThat(fixture.log.latestEpoch()).isEqualTo(5);
        assertThat(fixture.log.maxTimestampOffset().offset()).isEqualTo(49);
        fill(50);
        assertThat(fixture.values()).isEqualTo(expected);
    }

    @Test
    void readsEverythingAfterAKill() throws IOException {
        fill(50);

        RecoverySummary summary = fixture.reopenAfterKill().summary();

        assertThat(summary.checkedBytes()).isPositive();
        assertThat(summary.cutBytes()).isZero();
        fixture.log.finishRecovery(-1, false, 1);
        assertThat(fixture.log.recoveryPoint()).isEqualTo(50);
        assertThat(fixture.values()).isEqualTo(expected);
        fill(50);
        assertThat(fixture.values()).isEqualTo(expected);
    }

    @Test
    void checksOnlyWhatFollowsTheRecoveryPoint() throws IOException {
        fill(40);
        fixture.log.checkpoint();
        assertThat(fixture.log.isDirty()).isFalse();
        fill(1);

        RecoverySummary summary = fixture.reopenAfterKill().summary();

        assertThat(summary.checkedBytes()).isBetween(1L, 200L);
        assertThat(fixture.values()).isEqualTo(expected);
    }

    @Test
    void resumesFromLastValidBatchAfterTornWrite() throws IOException {
        fill(20);
        cut(activeLog(), 3);
        expected.remove(19);

        RecoverySummary summary = fixture.reopenAfterKill().summary();

        assertThat(summary.cutBytes()).isPositive();
        assertThat(fixture.values()).isEqualTo(expected);
        fill(10);
        assertThat(fixture.values()).isEqualTo(expected);
    }

    @Test
    void cutsBytesThatAreNoBatch() throws IOException {
        fill(20);
        appendBytes(activeLog(), new byte[5000]);

        assertThat(fixture.reopenAfterKill().summary().cutBytes()).isEqualTo(5000);
        assertThat(fixture.values()).isEqualTo(expected);
    }

    @Test
    void cutsAtAFlippedBitAndTakesTheRestFromTheJournal() throws IOException {
        List<ByteBuf> journal = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ByteBuf batch = Batches.idempotent(9, 0, i, i, "value-" + i);
            expected.add("value-" + i);
            fixture.append(batch);
            journal.add(Unpooled.copiedBuffer(batch));
        }
        flipBit(file("00000000000000000000.log"), 250);

        RecoverySummary summary = fixture.reopenAfterKill().summary();
        assertThat(summary.cutBytes()).isPositive();
        assertThat(fixture.values()).hasSizeLessThan(4);
        for (ByteBuf batch : journal) {
            fixture.log.replay(batch, 1);
        }
        fixture.log.finishRecovery(-1, false, 1);

        assertThat(fixture.values()).isEqualTo(expected);
        assertThat(fixture.append(Batches.idempotent(9, 0, 19, 1, "value-19")).duplicate())
                .isTrue();
        fill(5);
        assertThat(fixture.values()).isEqualTo(expected);
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
        fill(4);
        fixture.log.checkpoint();
        cut(activeLog(), 5);
        long size = Files.size(activeLog());

        assertThatThrownBy(fixture::reopenAfterKill)
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("recovery point 4");
        assertThat(Files.size(activeLog())).isEqualTo(size);
    }

    @Test
    void refusesALogWhoseDurableSegmentsAreGone() throws IOException {
        fill(40);
        fixture.log.close();
        Files.delete(activeLog());

        assertThatThrownBy(() -> fixture.open(new OpenState(0, 40, true)))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("acknowledged records are missing");
    }

    @Test
    void reportsAFlippedBitInsteadOfServingItFromTheReaderPool() throws IOException {
        fill(4);
        long size = Files.size(activeLog());
        fixture.log.checkpoint();
        flipBit(activeLog(), size / 2);

        ReadResult read = fixture.log.read(0, 1 << 20, true);

        assertThat(read.error()).isEqualTo(ErrorCode.NONE);
        assertThat(read.verified().error()).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
    }

    @Test
    void passesWholeSlicesThatEndWithinABatch() throws IOException {
        fill(4);
        int size = (int) Files.size(activeLog());

        ReadResult read = fixture.log.read(0, size - 10, true).verified();

        assertThat(read.error()).isEqualTo(ErrorCode.NONE);
        assertThat(read.sizeBytes()).isEqualTo(size - 10);
        read.release();
    }

    @Test
    void reportsADamagedHeaderToTheReader() throws IOException {
        fill(4);
        flipBit(activeLog(), 16);

        assertThat(fixture.log.read(0, 1 << 20, true).error()).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
    }

    @Test
    void buildsMissingIndexesAgain() throws IOException {
        fill(60);
        fixture.log.close();
        for (String name : fixture.files()) {
            if (name.endsWith("index")) {
                Files.delete(file(name));
            }
        }

        fixture.open(new OpenState(0, 60, true));

        assertThat(fixture.files()).contains("00000000000000000000.index", "00000000000000000000.timeindex");
        assertThat(fixture.values()).isEqualTo(expected);
        assertThat(fixture.log.offsetForTimestamp(305).offset()).isEqualTo(31);
        assertThat(fixture.log.maxTimestampOffset().offset()).isEqualTo(59);
    }

    @Test
    void findsItsRecordsWithIndexesThatLie() throws IOException {
        fill(60);
        fixture.log.close();
        for (String name : fixture.files()) {
            if (name.endsWith(".index")) {
                byte[] bytes = Files.readAllBytes(file(name));
                for (int i = 7; i < bytes.length; i += 8) {
                    bytes[i] ^= 0x2a;
                }
                Files.write(file(name), bytes);
            }
        }

        fixture.open(new OpenState(0, 60, true));

        for (int i = 0; i < 60; i++) {
            assertThat(fixture.valuesFrom(i)).isEqualTo(expected.subList(i, 60));
        }
    }

    @Test
    void readsOnWhenAnIndexIsCutShortUnderIt() throws IOException {
        fill(60);
        for (String name : fixture.files()) {
            if (name.endsWith("index")) {
                Files.write(file(name), new byte[] {1, 2, 3});
            }
        }

        assertThat(fixture.values()).isEqualTo(expected);
    }

    @Test
    void survivesAnIndexFullOfZerosAfterAKill() throws IOException {
        fill(60);
        fixture.log.checkpoint();
        for (String name : fixture.files()) {
            if (name.endsWith("index")) {
                Files.write(file(name), new byte[(int) Files.size(file(name))]);
            }
        }

        fixture.reopenAfterKill();

        assertThat(fixture.values()).isEqualTo(expected);
        assertThat(fixture.log.maxTimestampOffset().offset()).isEqualTo(59);
    }

    @Test
    void recoversProducersFromAnOlderSnapshotWhenTheNewestIsDamaged() throws IOException {
        fill(60);
        fixture.log.close();
        List<String> snapshots = fixture.files().stream()
                .filter(name -> name.endsWith(".snapshot"))
                .toList();
        assertThat(snapshots).hasSizeGreaterThan(2);
        flipBit(file(snapshots.get(snapshots.size() - 1)), 12);

        fixture.open(new OpenState(0, 60, true));

        assertThat(fixture.files()).doesNotContain(snapshots.get(snapshots.size() - 1));
        for (int sequence = 55; sequence < 60; sequence++) {
            assertThat(fixture.append(Batches.idempotent(9, 0, sequence, 1, "value-" + sequence))
                            .baseOffset())
                    .isEqualTo(sequence);
        }
        fill(3);
        assertThat(fixture.values()).isEqualTo(expected);
    }

    @Test
    void recoversProducersWithoutAnySnapshot() throws IOException {
        fill(30);
        fixture.log.close();
        for (String name : fixture.files()) {
            if (name.endsWith(".snapshot")) {
                Files.delete(file(name));
            }
        }

        fixture.open(new OpenState(0, 30, true));

        assertThat(fixture.append(Batches.idempotent(9, 0, 29, 1, "value-29")).duplicate())
                .isTrue();
        fill(1);
        assertThat(fixture.values()).isEqualTo(expected);
    }

    @Test
    void rebuildsLeaderEpochsFromTheBatches() throws IOException {
        for (int epoch = 1; epoch <= 3; epoch++) {
            fixture.log.append(Batches.of(1, "e" + epoch), epoch, AppendOrigin.CLIENT, 1);
        }
        fixture.log.writeStaged();
        fixture.log.close();
        Files.writeString(file("leader-epoch-checkpoint"), "0\n7\nnonsense\n");

        fixture.open(new OpenState(0, 3, true));

        assertThat(fixture.log.latestEpoch()).isEqualTo(3);
        assertThat(fixture.log.endOffsetForEpoch(1)).isEqualTo(new EpochEnd(1, 1));
    }

    @Test
    void remembersItsStartWhenAllBeforeItWasLost() throws IOException {
        fill(10);
        fixture.log.abandon();
        Files.delete(file("00000000000000000000.log"));
        for (String name : fixture.files()) {
            if (name.endsWith(".log")) {
                Files.delete(file(name));
            }
        }

        fixture.open(new OpenState(8, 0, false));
        fixture.log.finishRecovery(-1, false, 1);

        assertThat(fixture.log.logStartOffset()).isEqualTo(8);
        assertThat(fixture.log.visibleEndOffset()).isEqualTo(8);
        assertThat(fixture.append(Batches.of(1, "next")).baseOffset()).isEqualTo(8);
    }

    @Test
    void beginsAtTheRememberedStartWhenTheTailBeforeItWasTorn() throws IOException {
        fill(4);
        fixture.log.abandon();
        cut(activeLog(), 150);

        fixture.open(new OpenState(4, 0, false));
        fixture.log.finishRecovery(-1, false, 1);

        assertThat(fixture.log.view().logStartOffset()).isEqualTo(4);
        assertThat(fixture.log.view().logEndOffset()).isEqualTo(4);
        assertThat(fixture.append(Batches.of(1, "next")).baseOffset()).isEqualTo(4);
        assertThat(fixture.values()).containsExactly("next");
        fixture.reopenAfterKill();
        assertThat(fixture.values()).containsExactly("next");
    }

    @Test
    void removesLeftoversOfTheLastLife() throws IOException {
        Files.createFile(file("00000000000000000000.log.deleted"));
        Files.createFile(file("leader-epoch-checkpoint.tmp"));

        fixture.reopenClean();

        assertThat(fixture.files()).doesNotContain("00000000000000000000.log.deleted", "leader-epoch-checkpoint.tmp");
    }

    @Test
    void jumpsToAStartThatTheJournalRemembersAndKeepsWhatFollows() throws IOException {
        fill(2);
        ByteBuf after = Batches.of(1, "after the start");
        RecordBatch.setBaseOffset(after, 0, 9);
        fixture.log.replayLogStart(9, 1);
        assertThat(fixture.log.replay(after, 1)).isEqualTo(ReplayOutcome.RESTORED);
        fixture.log.finishRecovery(-1, false, 1);
        assertThat(fixture.values()).containsExactly("after the start");

        // The checkpoint of the log's start was never written, and the journal is gone.
        fixture.log.abandon();
        fixture.open(new OpenState(0, 0, false));

        assertThat(fixture.log.logStartOffset()).isEqualTo(9);
        assertThat(fixture.values()).containsExactly("after the start");
    }

    @Test
    void takesWhatTheJournalHasOverSegmentsThatAnInterruptedRecoveryRemoved() throws IOException {
        fill(10);
        fixture.log.abandon();
        // The first segment was extended by a replay while the removal of the second did not reach the disk.
        List<String> logs =
                fixture.files().stream().filter(name -> name.endsWith(".log")).toList();
        assertThat(logs).hasSizeGreaterThan(1);
        appendBytes(file(logs.get(0)), Files.readAllBytes(file(logs.get(1))));

        fixture.open(OpenState.UNKNOWN);
        fixture.log.finishRecovery(-1, true, 1);

        assertThat(fixture.values()).isEqualTo(expected);
        fill(1);
        assertThat(fixture.values()).isEqualTo(expected);
    }

    @Test
    void refusesAnOverlapBeforeTheRecoveryPoint() throws IOException {
        fill(10);
        fixture.log.checkpoint();
        fixture.log.abandon();
        List<String> logs =
                fixture.files().stream().filter(name -> name.endsWith(".log")).toList();
        appendBytes(file(logs.get(0)), Files.readAllBytes(file(logs.get(1))));
        Files.delete(file("leader-epoch-checkpoint"));

        assertThatThrownBy(() -> fixture.open(new OpenState(0, 10, false))).isInstanceOf(CorruptLogException.class);
    }

    @Test
    void doesNotTrustASnapshotOlderThanItsFirstSegment() throws IOException {
        fill(30);
        fixture.log.close();
        List<String> snapshots = fixture.files().stream()
                .filter(name -> name.endsWith(".snapshot"))
                .toList();
        for (String name : snapshots.subList(1, snapshots.size())) {
            Files.delete(file(name));
        }
        List<String> logs =
                fixture.files().stream().filter(name -> name.endsWith(".log")).toList();
        for (String name : logs.subList(0, logs.size() - 1)) {
            Files.delete(file(name));
        }
        fixture.open(new OpenState(0, 30, true));

        // The state begins with the batches that are left: the next sequence is the one after them.
        fill(1);
        assertThat(fixture.values()).last().isEqualTo("value-30");
    }

    @Test
    void makesTheNamesOfTheRestDurableBeforeItDropsSegments() throws IOException {
        List<String> calls = new ArrayList<>();
        fixture = new LogFixture(
                parent.resolve("watched"), SMALL, WatchedDisk.of((method, path) -> calls.add(method + " " + path)));
        fill(50);
        fixture.log.abandon();
        calls.clear();

        fixture.open(new OpenState(30, 0, false));

        List<String> changes = calls.stream()
                .filter(call -> call.startsWith("syncDirectory ") || call.matches("delete .*\\.log"))
                .toList();
        assertThat(changes).hasSizeGreaterThan(1);
        assertThat(changes.get(0)).isEqualTo("syncDirectory " + fixture.directory);
        assertThat(changes.get(1)).startsWith("delete ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void takesFromTheJournalWhatFollowsADeletedSegmentThatIsBack(boolean recoveryPointIsKnown) throws IOException {
        List<ByteBuf> journal = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            ByteBuf batch = Batches.of(1, "value-" + i);
            expected.add("value-" + i);
            fixture.append(batch);
            journal.add(batch);
        }
        fixture.log.abandon();
        List<String> logs =
                fixture.files().stream().filter(name -> name.endsWith(".log")).toList();
        int start = Integer.parseInt(logs.get(2).substring(0, 20));
        // The deletion of the first segment has not reached the disk, nor have the names of two that are new.
        for (String name : logs.subList(1, 4)) {
            Files.delete(file(name));
        }

        fixture.open(new OpenState(start, recoveryPointIsKnown ? start : 0, false));
        for (ByteBuf batch : journal.subList(start, 40)) {
            fixture.log.replay(batch, 1);
        }
        fixture.log.finishRecovery(-1, false, 1);

        assertThat(fixture.log.logStartOffset()).isEqualTo(start);
        assertThat(fixture.values()).isEqualTo(expected.subList(start, 40));
    }

    @Test
    void takesTheBatchAroundItsStartFromTheJournalWhenNoSegmentIsLeft() throws IOException {
        ByteBuf batch = Batches.of(1, "a", "b", "c");
        fixture.append(batch);
        fixture.log.abandon();
        Files.delete(activeLog());

        fixture.open(new OpenState(1, 0, false));
        fixture.log.replay(batch, 1);
        fixture.log.finishRecovery(-1, false, 1);

        assertThat(fixture.log.logStartOffset()).isEqualTo(1);
        assertThat(fixture.log.visibleEndOffset()).isEqualTo(3);
    }

    @Test
    void makesTheTopicIdDurableBeforeTheFirstSegment() throws IOException {
        List<String> calls = new ArrayList<>();
        fixture = new LogFixture(
                parent.resolve("watched"), SMALL, WatchedDisk.of((method, path) -> calls.add(method + " " + path)));
        fixture.log.abandon();
        Files.delete(activeLog());
        calls.clear();

        fixture.open(OpenState.UNKNOWN);

        assertThat(calls.stream().filter(call -> call.startsWith("syncDirectory ") || call.matches("create .*\\.log")))
                .containsExactly("syncDirectory " + fixture.directory, "create " + activeLog());
    }

    @Test
    void syncsWhatAnInterruptedRecoveryMayHaveCutAtTheRecoveryPoint() throws IOException {
        List<String> calls = new ArrayList<>();
        fixture = new LogFixture(
                parent.resolve("watched"), SMALL, WatchedDisk.of((method, path) -> calls.add(method + " " + path)));
        fill(20);
        fixture.log.checkpoint();
        fixture.log.abandon();
        List<String> logs =
                fixture.files().stream().filter(name -> name.endsWith(".log")).toList();
        long recoveryPoint = Long.parseLong(logs.get(2).substring(0, 20));
        calls.clear();

        fixture.open(new OpenState(0, recoveryPoint, false));
        fixture.log.finishRecovery(-1, true, 1);

        assertThat(calls).contains("sync " + file(logs.get(1)));
    }
}
