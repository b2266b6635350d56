package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files: what can be built again is, and damage in records is reported to whoever reads them. */
class PartitionLogDamageTest {

    @TempDir
    Path parent;

    private LogFixture fixture;

    @BeforeEach
    void create() throws IOException {
        fixture = new LogFixture(parent, LogFixture.SMALL_SEGMENTS);
    }

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
