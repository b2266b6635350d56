package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.segment.SegmentRecords;
import io.millrace.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Compactions of one log beside what else happens to it: reads, restarts, cuts, retention, deletion. */
class CompactionUpkeepTest extends CompactionTestBase {

    @Test
    void readersThatBeganBeforeGoOn() throws IOException {
        use(fixture.config.toBuilder().fileDeleteDelayMs(0).build());
        append("a=1", "b=1");
        append("a=2");
        roll();
        SegmentRecords before =
                Objects.requireNonNull(fixture.log.read(0, 10_000, true).records());

        compact();
        fixture.deleteRemoved(fixture.nowMs, 0);

        assertThat(fixture.files(".deleted")).isEmpty();
        List<String> found = new ArrayList<>();
        ByteBuf bytes = before.toBuffer(new UnpooledByteBufAllocator(false));
        read(bytes, found);
        assertThat(found).containsExactly("0 a=1", "1 b=1");
    }

    @Test
    void replacedFilesStayForAWhile() throws IOException {
        append("a=1", "a=2");
        roll();
        compact();

        fixture.deleteRemoved(fixture.nowMs + fixture.config.fileDeleteDelayMs() - 1, 0);
        assertThat(fixture.files(".deleted")).hasSize(3);
        fixture.deleteRemoved(fixture.nowMs + fixture.config.fileDeleteDelayMs(), 0);
        assertThat(fixture.files(".deleted")).isEmpty();
    }

    @Test
    void twoGenerationsOfReplacedFilesDoNotMeet() throws IOException {
        append("a=1", "a=2");
        roll();
        compact();
        long firstMs = fixture.nowMs;
        fixture.nowMs += 1_000;
        append("a=3");
        roll();
        compact();

        assertThat(fixture.files(".log.1.deleted")).hasSize(1);
        fixture.deleteRemoved(firstMs + fixture.config.fileDeleteDelayMs(), 0);

        assertThat(fixture.files(".log.1.deleted")).isEmpty();
        assertThat(fixture.files(".log.2.deleted")).hasSize(2);
        fixture.reopenClean();
        assertThat(fixture.files(".deleted")).isEmpty();
    }

    /** A power loss may keep the new name of the log file and lose those of its indexes, which were made before. */
    @Test
    void anOldIndexIsNotTakenForThatOfTheNewFile() throws IOException {
        for (int i = 0; i < 50; i++) {
            append("a=" + i, "b-" + i + "=1");
        }
        roll();
        Compaction compaction = Objects.requireNonNull(begin(LIMITS));
        append("c=1");
        roll(); // or recovery would look at all of the one before
        while (fixture.files(".swap").isEmpty()) {
            step(compaction);
        }
        byte[] old = Files.readAllBytes(fixture.file(fixture.files(".index").get(0)));
        for (String index : fixture.files("index.cleaned")) {
            fixture.store.delete(fixture.file(index));
        }

        fixture.reopenAfterKill();

        assertThat(Files.readAllBytes(fixture.file(fixture.files(".index").get(0))))
                .isNotEqualTo(old);
        assertThat(records()).hasSize(52).endsWith("98 a=49", "99 b-49=1", "100 c=1");
    }

    @Test
    void whereNothingGoesTheFilesStay() throws IOException {
        append("a=1", "b=1");
        roll();

        compact();

        assertThat(fixture.files(".deleted")).isEmpty();
        assertThat(fixture.files(".cleaned")).isEmpty();
        assertThat(fixture.log.compactor().cleanedOffset()).isEqualTo(2);
    }

    @Test
    void timestampsAreFoundAcrossWhatIsGone() throws IOException {
        fixture.append(Batches.keyed(100, "a=1"));
        fixture.append(Batches.keyed(200, "b=1"));
        fixture.append(Batches.keyed(5, 0, 900, "a=2"));
        fixture.append(Batches.keyed(300, "a=3"));
        roll();
        compact();

        assertThat(fixture.log.offsetForTimestamp(50).offset()).isEqualTo(1);
        assertThat(fixture.log.offsetForTimestamp(200).offset()).isEqualTo(1);
        assertThat(fixture.log.offsetForTimestamp(201).offset()).isEqualTo(3);
        assertThat(fixture.log.offsetForTimestamp(301)).isEqualTo(OffsetLookup.NONE);
        // The batch with the largest has no record any more.
        assertThat(fixture.log.maxTimestampOffset().offset()).isEqualTo(3);
    }

    @Test
    void theDirtyPartDecidesWhetherItIsDue() throws IOException {
        append("a=1", "b=1", "c=1");
        roll();
        CompactionConfig config = fixture.config.compaction();
        assertThat(fixture.log
                        .compactor()
                        .plan(fixture.nowMs, fixture.log.logStartOffset())
                        .isDue(config))
                .isTrue();
        compact();
        assertThat(fixture.log
                        .compactor()
                        .plan(fixture.nowMs, fixture.log.logStartOffset())
                        .isDue(config))
                .isFalse();

        append("a=2");
        roll();
        CompactionPlan plan = fixture.log.compactor().plan(fixture.nowMs, fixture.log.logStartOffset());
        assertThat(plan.dirtyRatio()).isBetween(0.4, 0.5);
        assertThat(plan.isDue(config)).isFalse();
        assertThat(plan.isDue(new CompactionConfig(0, 0, Long.MAX_VALUE, 0.3))).isTrue();
    }

    @Test
    void youngRecordsAreNotCompacted() throws IOException {
        use(config(new CompactionConfig(DELETE_RETENTION_MS, 1_000, Long.MAX_VALUE, 0.5)));
        append("a=1", "a=2");
        roll();
        fixture.nowMs += 500;
        append("a=3");
        roll();

        assertThat(begin(LIMITS)).isNull();
        fixture.nowMs += 500;
        compact();
        assertThat(records()).containsExactly("1 a=2", "2 a=3");
        fixture.nowMs += 500;
        compact();
        assertThat(records()).containsExactly("2 a=3");
    }

    /** Where the index has lost its end, a segment seems to be as old as its first records. */
    @Test
    void ageIsWhatTheRecordsSay() throws IOException {
        use(config(new CompactionConfig(DELETE_RETENTION_MS, 1_000, Long.MAX_VALUE, 0.5)));
        for (int i = 0; i < 10; i++) {
            append("a=" + i);
        }
        fixture.nowMs += 5_000;
        append("a=young");
        roll();
        fixture.log.close();
        Path index = fixture.file(fixture.files(".timeindex").get(0));
        Damage.cut(index, 12);
        assertThat(index).isNotEmptyFile();

        fixture.open(new OpenState(0, fixture.log.recoveryPoint(), true));

        assertThat(begin(LIMITS)).isNull();
        fixture.nowMs += 1_000;
        assertThat(begin(LIMITS)).isNotNull();
    }

    @Test
    void oldRecordsAreCompactedInTimeAlsoInALogThatRests() throws IOException {
        use(config(new CompactionConfig(DELETE_RETENTION_MS, 0, 1_000, 0.5)));
        append("a=1", "a=2", "b=" + "x".repeat(1000));
        roll();
        compact();
        append("a=3");

        fixture.nowMs += 1_001;
        fixture.log.applyRetention(fixture.nowMs);
        fixture.log.checkpoint();

        CompactionPlan plan = fixture.log.compactor().plan(fixture.nowMs, fixture.log.logStartOffset());
        assertThat(plan.overdue()).isTrue();
        assertThat(plan.isDue(fixture.config.compaction())).isTrue();
        compact();
        assertThat(records()).hasSize(2).contains("3 a=3");
    }

    @Test
    void goesOnWhereItWasAfterARestart() throws IOException {
        append("a=1", "a=2");
        roll();
        compact();
        fixture.reopenClean();

        assertThat(fixture.log.compactor().cleanedOffset()).isEqualTo(2);
        assertThat(begin(LIMITS)).isNull();
    }

    @Test
    void aDamagedCheckpointMeansThatNothingIsCompacted() throws IOException {
        append("a=1", "a=2");
        roll();
        compact();
        fixture.log.abandon();
        Damage.flipBit(fixture.file(CleanedOffset.NAME), 2);

        fixture.open(new OpenState(0, 2, false));
        fixture.log.checkpoint();

        assertThat(fixture.log.compactor().cleanedOffset()).isZero();
        compact();
        assertThat(fixture.log.compactor().cleanedOffset()).isEqualTo(2);
        assertThat(records()).containsExactly("1 a=2");
    }

    @Test
    void aCutTakesTheCheckpointBack() throws IOException {
        append("a=1");
        append("a=2");
        append("b=1");
        roll();
        compact();

        fixture.log.truncateTo(2, fixture.nowMs);

        assertThat(fixture.log.compactor().cleanedOffset()).isEqualTo(2);
        fixture.reopenClean();
        assertThat(fixture.log.compactor().cleanedOffset()).isEqualTo(2);
        assertThat(records()).containsExactly("1 a=2");
    }

    @Test
    void aCutAtAnOffsetThatIsGoneLeavesNoHole() throws IOException {
        append("a=1");
        append("b=1");
        append("b=2");
        append("b=3");
        append("c=1");
        roll();
        compact();

        fixture.log.truncateTo(2, fixture.nowMs);

        assertThat(fixture.log.logEndOffset()).isEqualTo(1);
        fixture.reopenAfterKill();
        append("d=1");
        assertThat(records()).containsExactly("0 a=1", "1 d=1");
    }

    @Test
    void aCutInTheMiddleLeavesNoOldSegmentBehind() throws IOException {
        for (int steps = 0; steps < 40; steps++) {
            use(config());
            append("a=1");
            append("b=1");
            roll();
            append("a=2");
            roll();
            Compaction compaction = Objects.requireNonNull(begin(LIMITS));
            for (int i = 0; i < steps && compaction.next() != Compaction.Next.NOBODY; i++) {
                step(compaction);
            }

            fixture.log.truncateTo(2, fixture.nowMs);
            append("b=9");
            fixture.log.checkpoint();
            finish(compaction);

            assertThat(records()).as("after %d steps", steps).endsWith("1 b=1", "2 b=9");
            fixture.reopenAfterKill();
            assertThat(records()).as("after %d steps", steps).endsWith("1 b=1", "2 b=9");
        }
    }

    @Test
    void aLogThatIsDeletedMeanwhileIsLeftAlone() throws IOException {
        for (int steps = 0; steps < 40; steps++) {
            use(config());
            append("a=1", "a=2");
            roll();
            append("a=3");
            roll();
            Compaction compaction = Objects.requireNonNull(begin(LIMITS));
            for (int i = 0; i < steps && compaction.next() != Compaction.Next.NOBODY; i++) {
                step(compaction);
            }

            Path aside = fixture.log.moveAside();
            finish(compaction);

            assertThat(fixture.store.exists(fixture.directory)).isFalse();
            fixture.store.deleteTree(aside);
        }
    }

    @Test
    void deletedRecordsStayDeleted() throws IOException {
        append("a=1", "b=1");
        append("c=1", "a=2");
        roll();
        append("d=1");
        roll();
        Compaction compaction = Objects.requireNonNull(begin(LIMITS));
        step(compaction);
        fixture.log.deleteRecordsBefore(3, fixture.nowMs);
        finish(compaction);

        assertThat(fixture.log.logStartOffset()).isEqualTo(3);
        assertThat(fixture.log.read(2, 100, true).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(records()).containsExactly("3 a=2", "4 d=1");
    }

    @Test
    void segmentsThatGoMeanwhileStopIt() throws IOException {
        append("a=1", "a=2");
        roll();
        append("b=1", "b=2");
        roll();
        Compaction compaction = Objects.requireNonNull(begin(LIMITS));
        step(compaction);
        fixture.log.deleteRecordsBefore(2, fixture.nowMs);
        finish(compaction);

        assertThat(records()).containsExactly("2 b=1", "3 b=2");
        assertThat(fixture.log.compactor().cleanedOffset()).isZero();
        assertThat(fixture.files(".cleaned")).isEmpty();
        compact();
        assertThat(records()).containsExactly("3 b=2");
    }

    @Test
    void nothingIsCompactedWhileOlderSegmentsMayComeBack() throws IOException {
        append("a=1");
        roll();
        append("a=2", "a=3");
        roll();
        fixture.log.deleteRecordsBefore(1, fixture.nowMs);

        LogCompactor compactor = fixture.log.compactor();
        assertThat(compactor.begin(compactor.plan(fixture.nowMs, 0), LIMITS, fixture.nowMs))
                .isNull();
        assertThat(compactor.begin(compactor.plan(fixture.nowMs, 1), LIMITS, fixture.nowMs))
                .isNotNull();
    }

    @Test
    void compactedSegmentsExpireByTheTimeOfTheirRecords() throws IOException {
        use(fixture.config.toBuilder().deletes(true).retentionMs(10_000).build());
        append("a=1", "a=2");
        roll();
        compact();
        append("b=1");
        roll();

        fixture.nowMs += 10_000;
        assertThat(fixture.log.applyRetention(fixture.nowMs)).isZero();
        fixture.nowMs += 1;
        assertThat(fixture.log.applyRetention(fixture.nowMs)).isEqualTo(2);
    }

    @Test
    void aDiskWithoutRoomIsNotFilled() throws IOException {
        append("a=1", "a=2");
        roll();

        Compaction compaction = Objects.requireNonNull(begin(new CompactionLimits(1 << 20, Long.MAX_VALUE / 2)));
        assertThatThrownBy(() -> finish(compaction)).hasMessageContaining("has room for");
        compaction.abort();

        assertThat(records()).containsExactly("0 a=1", "1 a=2");
    }
}
