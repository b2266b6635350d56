package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.segment.SegmentFiles;
import io.millrace.wire.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Damaged files: what can be built again is, and damage in records is reported to whoever reads them. */
class PartitionLogDamageTest extends LogTestBase {

    private static final long RETENTION_MS = 1_000_000;
    private static final int TIME_ENTRY_BYTES = 12;
    /** More than the retention, and a bit that {@link Damage#flipBit} hits. */
    private static final long FLIPPED_MS = 0x10_00_00;

    @Test
    void reportsAFlippedBitInsteadOfServingItFromTheReaderPool() throws IOException {
        fixture.fill(4);
        long size = Files.size(fixture.activeLog());
        fixture.log.checkpoint();
        Damage.flipBit(fixture.activeLog(), size / 2);

        ReadResult read = fixture.log.read(0, 1 << 20, true);

        assertThat(read.error()).isEqualTo(ErrorCode.NONE);
        assertThat(read.verified().error()).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
    }

    @Test
    void passesWholeSlicesThatEndWithinABatch() throws IOException {
        fixture.fill(4);
        int size = (int) Files.size(fixture.activeLog());

        ReadResult read = fixture.log.read(0, size - 10, true).verified();

        assertThat(read.error()).isEqualTo(ErrorCode.NONE);
        assertThat(read.sizeBytes()).isEqualTo(size - 10);
        read.release();
    }

    @Test
    void reportsADamagedHeaderToTheReader() throws IOException {
        fixture.fill(4);
        Damage.flipBit(fixture.activeLog(), 16);

        assertThat(fixture.log.read(0, 1 << 20, true).error()).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
    }

    @Test
    void buildsMissingIndexesAgain() throws IOException {
        fixture.fill(60);
        fixture.log.close();
        for (String name : fixture.files("index")) {
            Files.delete(fixture.file(name));
        }

        fixture.open(new OpenState(0, 60, true));

        assertThat(fixture.files()).contains("00000000000000000000.index", "00000000000000000000.timeindex");
        assertThat(fixture.values()).isEqualTo(fixture.expected);
        assertThat(fixture.log.offsetForTimestamp(305).offset()).isEqualTo(31);
        assertThat(fixture.log.maxTimestampOffset().offset()).isEqualTo(59);
    }

    @Test
    void findsItsRecordsWithIndexesThatLie() throws IOException {
        fixture.fill(60);
        fixture.log.close();
        for (String name : fixture.files(".index")) {
            byte[] bytes = Files.readAllBytes(fixture.file(name));
            for (int i = 7; i < bytes.length; i += 8) {
                bytes[i] ^= 0x2a;
            }
            Files.write(fixture.file(name), bytes);
        }

        fixture.open(new OpenState(0, 60, true));

        for (int i = 0; i < 60; i++) {
            assertThat(fixture.valuesFrom(i)).isEqualTo(fixture.expected.subList(i, 60));
        }
    }

    @Test
    void readsOnWhenAnIndexIsCutShortUnderIt() throws IOException {
        fixture.fill(60);
        for (String name : fixture.files("index")) {
            Files.write(fixture.file(name), new byte[] {1, 2, 3});
        }

        assertThat(fixture.values()).isEqualTo(fixture.expected);
    }

    @Test
    void survivesAnIndexFullOfZerosAfterAKill() throws IOException {
        fixture.fill(60);
        fixture.log.checkpoint();
        for (String name : fixture.files("index")) {
            Files.write(fixture.file(name), new byte[(int) Files.size(fixture.file(name))]);
        }

        fixture.reopenAfterKill();

        assertThat(fixture.values()).isEqualTo(fixture.expected);
        assertThat(fixture.log.maxTimestampOffset().offset()).isEqualTo(59);
    }

    @Test
    void keepsASegmentThatAShortenedTimeIndexMakesOld() throws IOException {
        long newestMs = openWithRetention(timeIndex -> Damage.cut(timeIndex, TIME_ENTRY_BYTES));

        assertRemovedOnlyWhenOlderThan(newestMs);
    }

    @Test
    void keepsASegmentWithoutTimeIndexEntriesUntilItsRecordsAreOld() throws IOException {
        long newestMs = openWithRetention(timeIndex -> Damage.cut(timeIndex, Files.size(timeIndex)));

        assertRemovedOnlyWhenOlderThan(newestMs);
    }

    @Test
    void keepsASegmentThatARottenTimestampMakesOld() throws IOException {
        long newestMs = openWithRetention(timeIndex -> Damage.flipBit(timeIndex, Files.size(timeIndex) - 7));

        assertRemovedOnlyWhenOlderThan(newestMs);
    }

    @Test
    void removesASegmentThatARottenTimestampMakesNewerThanNow() throws IOException {
        long newestMs = openWithRetention(timeIndex -> Damage.flipBit(timeIndex, Files.size(timeIndex) - 11));

        assertRemovedOnlyWhenOlderThan(newestMs);
    }

    @Test
    void keepsASegmentWhoseTimeIndexNamesALaterBatch() throws IOException {
        long newestMs = openWithRetention(timeIndex -> {
            Damage.cut(timeIndex, TIME_ENTRY_BYTES);
            Damage.flipBit(timeIndex, Files.size(timeIndex) - 1);
        });

        assertRemovedOnlyWhenOlderThan(newestMs);
    }

    @Test
    void keepsADamagedSegmentWhoseAgeNobodyCanTell() throws IOException {
        long newestMs = openWithRetention(timeIndex -> {
            Damage.cut(timeIndex, Files.size(timeIndex));
            Damage.flipBit(fixture.file(fixture.files(".log").get(0)), 16);
        });
        long nowMs = newestMs + 10 * RETENTION_MS;

        assertThat(fixture.log.readAges(nowMs, 1 << 20)).isFalse();
        assertThat(fixture.log.applyRetention(nowMs)).isZero();
    }

    /**
     * Closes a log of several segments, damages the time index of the first, and opens the log.
     *
     * @return the newest timestamp of the first segment
     */
    private long openWithRetention(DamageToFile damage) throws IOException {
        fixture.config =
                LogFixture.SMALL_SEGMENTS.toBuilder().retentionMs(RETENTION_MS).build();
        fixture.nowMs = 1_700_000_000_000L | FLIPPED_MS;
        for (int i = 0; i < 30; i++) {
            fixture.append(Batches.of(fixture.nowMs + i * 1000L, "value-" + i));
        }
        List<String> segments = fixture.files(".log");
        long end = SegmentFiles.offsetOf(segments.get(1), SegmentFiles.LOG);
        fixture.log.close();
        damage.strike(fixture.file(fixture.files(".timeindex").get(0)));
        fixture.open(new OpenState(0, 30, true));
        return fixture.nowMs + (end - 1) * 1000;
    }

    private void assertRemovedOnlyWhenOlderThan(long newestMs) throws IOException {
        long nowMs = newestMs + RETENTION_MS;
        assertThat(fixture.log.applyRetention(nowMs)).as("unread").isZero();
        readAges(nowMs);
        assertThat(fixture.log.applyRetention(nowMs)).as("not old yet").isZero();
        readAges(nowMs + 1);
        assertThat(fixture.log.applyRetention(nowMs + 1)).as("old").isEqualTo(1);
    }

    private void readAges(long nowMs) {
        int steps = 0;
        while (fixture.log.readAges(nowMs, 100)) {
            assertThat(++steps).isLessThan(20);
        }
    }

    /** What happens to a file. */
    private interface DamageToFile {
        void strike(Path file) throws IOException;
    }

    @Test
    void findsTheNewestRecordThoughTheTimeIndexNamesALaterBatchAfterACleanStop() throws IOException {
        reopenWithNewestAt5(index -> Damage.flipBit(index, Files.size(index) - 1));

        assertThat(fixture.log.maxTimestampOffset().offset()).isEqualTo(5);
    }

    @Test
    void findsTheNewestRecordThoughAnEarlierTimestampIsRottenAfterACleanStop() throws IOException {
        reopenWithNewestAt5(index -> Damage.flipBit(index, Files.size(index) - 2 * TIME_ENTRY_BYTES + 1));

        assertThat(fixture.log.maxTimestampOffset().offset()).isEqualTo(5);
    }

    /** Damages the time index of a segment that was the newest one at a clean stop. */
    private void reopenWithNewestAt5(DamageToFile damage) throws IOException {
        fixture.log.updateConfig(
                LogConfig.defaults().toBuilder().indexIntervalBytes(100).build());
        for (int i = 0; i < 40; i++) {
            fixture.append(Batches.of(i == 5 ? 1_000_000 : 1000 + i, "value-" + i));
        }
        fixture.log.close();
        damage.strike(fixture.file(fixture.files(".timeindex").get(0)));
        fixture.open(new OpenState(0, 40, true));
    }

    @Test
    void recoversProducersFromAnOlderSnapshotWhenTheNewestIsDamaged() throws IOException {
        fixture.fill(60);
        fixture.log.close();
        List<String> snapshots = fixture.files(".snapshot");
        assertThat(snapshots).hasSizeGreaterThan(2);
        Damage.flipBit(fixture.file(snapshots.get(snapshots.size() - 1)), 12);

        fixture.open(new OpenState(0, 60, true));

        assertThat(fixture.files()).doesNotContain(snapshots.get(snapshots.size() - 1));
        for (int sequence = 55; sequence < 60; sequence++) {
            assertThat(fixture.append(Batches.idempotent(9, 0, sequence, 1, "value-" + sequence))
                            .baseOffset())
                    .isEqualTo(sequence);
        }
        fixture.fill(3);
        assertThat(fixture.values()).isEqualTo(fixture.expected);
    }

    @Test
    void recoversProducersWithoutAnySnapshot() throws IOException {
        fixture.fill(30);
        fixture.log.close();
        for (String name : fixture.files(".snapshot")) {
            Files.delete(fixture.file(name));
        }

        fixture.open(new OpenState(0, 30, true));

        assertThat(fixture.append(Batches.idempotent(9, 0, 29, 1, "value-29")).duplicate())
                .isTrue();
        fixture.fill(1);
        assertThat(fixture.values()).isEqualTo(fixture.expected);
    }

    @Test
    void doesNotTrustASnapshotOlderThanItsFirstSegment() throws IOException {
        fixture.fill(30);
        fixture.log.close();
        List<String> snapshots = fixture.files(".snapshot");
        for (String name : snapshots.subList(1, snapshots.size())) {
            Files.delete(fixture.file(name));
        }
        List<String> logs = fixture.files(".log");
        for (String name : logs.subList(0, logs.size() - 1)) {
            Files.delete(fixture.file(name));
        }
        fixture.open(new OpenState(0, 30, true));

        // The state begins with the batches that are left: the next sequence is the one after them.
        fixture.fill(1);
        assertThat(fixture.values()).last().isEqualTo("value-30");
    }

    @Test
    void rebuildsLeaderEpochsFromTheBatches() throws IOException {
        for (int epoch = 1; epoch <= 3; epoch++) {
            fixture.log.append(Batches.of(1, "e" + epoch), epoch, AppendOrigin.CLIENT, 1);
        }
        fixture.log.writeStaged();
        fixture.log.close();
        Files.writeString(fixture.file("leader-epoch-checkpoint"), "0\n7\nnonsense\n");

        fixture.open(new OpenState(0, 3, true));

        assertThat(fixture.log.latestEpoch()).isEqualTo(3);
        assertThat(fixture.log.endOffsetForEpoch(1)).isEqualTo(new EpochEnd(1, 1));
    }
}
