package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.segment.TailOptions;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.Compression;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionLogTest {

    @TempDir
    Path parent;

    private static final TailOptions TAILS = new TailOptions(4 << 20, 16 << 10, 64 << 10);

    private LogFixture fixture;
    private PartitionLog log;

    @BeforeEach
    void create() throws IOException {
        use(LogConfig.defaults());
    }

    private void use(LogConfig config) throws IOException {
        new OsFileStore().deleteTree(parent.resolve(LogFixture.ID.directoryName()));
        fixture = new LogFixture(parent, config, new LogResources(new OsFileStore(), 16).withTails(TAILS));
        log = fixture.log;
    }

    @Test
    void givesOffsetsInOrderAndReadsThemBack() throws IOException {
        AppendResult first = fixture.append(Batches.of(10, "a", "b"));
        AppendResult second = fixture.append(Batches.of(20, "c"));

        assertThat(first.baseOffset()).isZero();
        assertThat(first.lastOffset()).isEqualTo(1);
        assertThat(second.baseOffset()).isEqualTo(2);
        assertThat(fixture.readFrom(0, 1 << 20))
                .containsExactly(
                        new LogFixture.Read(0, 10, "a"),
                        new LogFixture.Read(1, 10, "b"),
                        new LogFixture.Read(2, 20, "c"));
    }

    @Test
    void showsNothingBeforeItIsDurable() throws IOException {
        fixture.append(Batches.of(1, "a"));
        fixture.stage(Batches.of(1, "b"));
        log.writeStaged();

        assertThat(log.view().logEndOffset()).isEqualTo(2);
        assertThat(log.view().visibleEndOffset()).isEqualTo(1);
        assertThat(fixture.values()).containsExactly("a");
        assertThat(log.read(1, 100, true).records()).isNull();
        assertThat(log.read(2, 100, true).error()).isEqualTo(ErrorCode.NONE);

        log.onDurable(2);
        assertThat(fixture.values()).containsExactly("a", "b");
    }

    @Test
    void makesVisibleOnlyWholeWritesThatTheSyncCovered() throws IOException {
        List<Long> told = new ArrayList<>();
        log.addListener((which, end) -> told.add(end));
        for (int i = 0; i < 3; i++) {
            fixture.stage(Batches.of(1, "x", "y"));
            log.writeStaged();
        }

        log.onDurable(4);
        log.onDurable(3);
        log.onDurable(5);
        log.onDurable(6);

        assertThat(told).containsExactly(4L, 6L);
    }

    @Test
    void writesAllStagedBatchesAtOnce() throws IOException {
        for (int i = 0; i < 100; i++) {
            fixture.stage(Batches.of(i, "v" + i));
        }
        assertThat(log.logEndOffset()).isZero();
        log.writeStaged();
        log.onDurable(100);

        assertThat(fixture.values())
                .isEqualTo(IntStream.range(0, 100).mapToObj(i -> "v" + i).toList());
    }

    @Test
    void refusesOffsetsOutsideTheLog() throws IOException {
        fixture.append(Batches.of(1, "a"));

        assertThat(log.read(-1, 100, true).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(log.read(1, 100, true).error()).isEqualTo(ErrorCode.NONE);
        assertThat(log.read(2, 100, true).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void returnsAtLeastOneWholeBatchWhenAsked() throws IOException {
        ByteBuf large = Batches.of(1, "x".repeat(5000));
        fixture.append(large);
        fixture.append(Batches.of(1, "y"));

        ReadResult whole = log.read(0, 100, true);
        assertThat(whole.sizeBytes()).isEqualTo(large.readableBytes());
        whole.release();
        assertThat(log.read(0, 100, false).records()).isNull();
        assertThat(log.read(0, 0, false).records()).isNull();
        ReadResult capped = log.read(0, large.readableBytes() + 7, false);
        assertThat(capped.sizeBytes()).isEqualTo(large.readableBytes() + 7);
        capped.release();
    }

    @Test
    void beginsASliceAtTheBatchThatHoldsTheOffset() throws IOException {
        fixture.append(Batches.of(1, "a", "b", "c"));
        fixture.append(Batches.of(1, "d", "e"));

        ReadResult result = log.read(4, 1 << 20, true);

        assertThat(result.records()).isNotNull();
        assertThat(result.records().firstBatchOffset()).isEqualTo(3);
        result.release();
        assertThat(fixture.valuesFrom(4)).containsExactly("e");
    }

    @Test
    void rollsBySizeAndReadsAcrossSegments() throws IOException {
        use(LogConfig.defaults().toBuilder()
                .segmentBytes(1000)
                .indexIntervalBytes(200)
                .build());
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            expected.add("value-" + i);
            fixture.append(Batches.of(i, "value-" + i));
        }

        assertThat(log.view().segmentCount()).isGreaterThan(10);
        assertThat(fixture.values()).isEqualTo(expected);
        for (int i = 0; i < 200; i++) {
            assertThat(fixture.valuesFrom(i)).isEqualTo(expected.subList(i, 200));
        }
        assertThat(fixture.files()).contains("00000000000000000000.index", "00000000000000000000.timeindex");
    }

    @Test
    void letsABatchLargerThanASegmentHaveOneForItself() throws IOException {
        use(LogConfig.defaults().toBuilder().segmentBytes(500).build());
        fixture.append(Batches.of(1, "a"));
        fixture.append(Batches.of(1, "x".repeat(2000)));
        fixture.append(Batches.of(1, "b"));

        assertThat(log.view().segmentCount()).isEqualTo(3);
        assertThat(fixture.values()).containsExactly("a", "x".repeat(2000), "b");
    }

    @Test
    void rollsWhenTheFirstRecordIsOlderThanSegmentMs() throws IOException {
        use(LogConfig.defaults().toBuilder().segmentMs(1000).build());
        fixture.append(Batches.of(5000, "a"));
        fixture.append(Batches.of(6000, "b"));
        assertThat(log.view().segmentCount()).isEqualTo(1);

        fixture.append(Batches.of(6001, "c"));

        assertThat(log.view().segmentCount()).isEqualTo(2);
    }

    @Test
    void rollsWhenAnIndexIsFull() throws IOException {
        use(LogConfig.defaults().toBuilder()
                .segmentIndexBytes(24)
                .indexIntervalBytes(1)
                .build());
        for (int i = 0; i < 10; i++) {
            fixture.append(Batches.of(i, "a"));
        }

        assertThat(log.view().segmentCount()).isGreaterThan(2);
        assertThat(fixture.values()).hasSize(10);
    }

    @Test
    void setsLogAppendTimeWhenTheTopicAsks() throws IOException {
        use(LogConfig.defaults().toBuilder().logAppendTime(true).build());
        AppendResult result = fixture.append(Batches.of(7, "a"));

        assertThat(result.logAppendTimeMs()).isEqualTo(fixture.nowMs);
        assertThat(fixture.readFrom(0, 100)).containsExactly(new LogFixture.Read(0, fixture.nowMs, "a"));
    }

    @Test
    void findsOffsetsByTimestamp() throws IOException {
        use(LogConfig.defaults().toBuilder()
                .segmentBytes(700)
                .indexIntervalBytes(100)
                .build());
        for (int i = 0; i < 100; i++) {
            fixture.append(
                    i % 2 == 0 ? Batches.of(i * 10L, "v" + i) : Batches.compressed(Compression.LZ4, i * 10L, "v" + i));
        }

        assertThat(log.offsetForTimestamp(0)).isEqualTo(new OffsetLookup(0, 0, 5));
        assertThat(log.offsetForTimestamp(1)).isEqualTo(new OffsetLookup(1, 10, 5));
        assertThat(log.offsetForTimestamp(555)).isEqualTo(new OffsetLookup(56, 560, 5));
        assertThat(log.offsetForTimestamp(990)).isEqualTo(new OffsetLookup(99, 990, 5));
        assertThat(log.offsetForTimestamp(991)).isEqualTo(OffsetLookup.NONE);
        assertThat(log.maxTimestampOffset()).isEqualTo(new OffsetLookup(99, 990, 5));
    }

    @Test
    void findsTheFirstRecordOfTheLargestTimestampThatIsVisible() throws IOException {
        fixture.append(Batches.of(100, "a"));
        fixture.append(Batches.of(300, "b"));
        fixture.append(Batches.of(200, "c"));
        fixture.stage(Batches.of(400, "not durable"));
        log.writeStaged();

        assertThat(log.maxTimestampOffset()).isEqualTo(new OffsetLookup(1, 300, 5));
        assertThat(log.offsetForTimestamp(350)).isEqualTo(OffsetLookup.NONE);
    }

    @Test
    void answersTimestampsOfAnEmptyLogWithNothing() throws IOException {
        assertThat(log.maxTimestampOffset()).isEqualTo(OffsetLookup.NONE);
        assertThat(log.offsetForTimestamp(0)).isEqualTo(OffsetLookup.NONE);
        assertThat(log.latest().offset()).isZero();
        assertThat(log.earliest().offset()).isZero();
    }

    @Test
    void tellsWhereEpochsEnded() throws IOException {
        log.append(Batches.of(1, "a", "b"), 2, AppendOrigin.CLIENT, 1);
        log.append(Batches.of(1, "c"), 4, AppendOrigin.CLIENT, 1);
        log.writeStaged();
        log.onDurable(3);

        assertThat(log.endOffsetForEpoch(1)).isEqualTo(new EpochEnd(1, 0));
        assertThat(log.endOffsetForEpoch(2)).isEqualTo(new EpochEnd(2, 2));
        assertThat(log.endOffsetForEpoch(3)).isEqualTo(new EpochEnd(2, 2));
        assertThat(log.endOffsetForEpoch(4)).isEqualTo(new EpochEnd(4, 3));
        assertThat(log.endOffsetForEpoch(5)).isEqualTo(EpochEnd.UNDEFINED);
        assertThat(log.endOffsetForEpoch(-1)).isEqualTo(EpochEnd.UNDEFINED);
        assertThat(log.latestEpoch()).isEqualTo(4);
    }

    @Test
    void deletesRecordsUpToAnOffset() throws IOException {
        use(LogConfig.defaults().toBuilder().segmentBytes(200).build());
        for (int i = 0; i < 10; i++) {
            fixture.append(Batches.of(i, "v" + i));
        }
        int before = log.view().segmentCount();

        assertThat(log.deleteRecordsBefore(5, 1)).isEqualTo(ErrorCode.NONE);

        assertThat(log.logStartOffset()).isEqualTo(5);
        assertThat(log.view().segmentCount()).isLessThan(before);
        assertThat(log.read(4, 100, true).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(fixture.values()).containsExactly("v5", "v6", "v7", "v8", "v9");
        assertThat(log.deleteRecordsBefore(3, 1)).isEqualTo(ErrorCode.NONE);
        assertThat(log.logStartOffset()).isEqualTo(5);
        assertThat(log.deleteRecordsBefore(11, 1)).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(log.deleteRecordsBefore(-2, 1)).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(log.deleteRecordsBefore(-1, 1)).isEqualTo(ErrorCode.NONE);
        assertThat(log.logStartOffset()).isEqualTo(10);
        assertThat(fixture.values()).isEmpty();
    }

    @Test
    void removesSegmentsByTimeAndDeletesTheirFilesLater() throws IOException {
        use(LogConfig.defaults().toBuilder()
                .segmentBytes(200)
                .retentionMs(1000)
                .fileDeleteDelayMs(60)
                .build());
        for (int i = 0; i < 10; i++) {
            fixture.append(Batches.of(i * 1000L, "v" + i));
        }

        assertThat(log.applyRetention(5500)).isPositive();

        assertThat(log.logStartOffset()).isBetween(3L, 5L);
        assertThat(fixture.values()).last().isEqualTo("v9");
        long newStart = log.logStartOffset();
        log.deleteRemoved(5560, newStart);
        assertThat(fixture.files()).as("before a checkpoint").contains("00000000000000000000.log");
        log.checkpoint();
        log.deleteRemoved(5559, newStart);
        assertThat(fixture.files()).as("before the delay").contains("00000000000000000000.log");
        log.deleteRemoved(5560, 0);
        assertThat(fixture.files()).as("before the start is durable").contains("00000000000000000000.log");
        log.deleteRemoved(5560, newStart);
        assertThat(fixture.files()).doesNotContain("00000000000000000000.log");
    }

    @Test
    void removesAnExpiredActiveSegmentByRollingIt() throws IOException {
        use(LogConfig.defaults().toBuilder().retentionMs(1000).build());
        fixture.append(Batches.of(1, "old"));

        assertThat(log.applyRetention(10_000)).isEqualTo(1);

        assertThat(log.logStartOffset()).isEqualTo(1);
        assertThat(log.view().segmentCount()).isEqualTo(1);
        assertThat(fixture.append(Batches.of(10_000, "new")).baseOffset()).isEqualTo(1);
        assertThat(fixture.values()).containsExactly("new");
    }

    @Test
    void removesSegmentsBySizeButNeverTheActiveOne() throws IOException {
        use(LogConfig.defaults().toBuilder()
                .segmentBytes(200)
                .retentionBytes(400)
                .retentionMs(-1)
                .build());
        for (int i = 0; i < 20; i++) {
            fixture.append(Batches.of(i, "v" + i));
        }
        log.applyRetention(1);

        assertThat(log.sizeBytes()).isBetween(400L, 650L);
        assertThat(fixture.values()).last().isEqualTo("v19");
        log.updateConfig(LogConfig.defaults().toBuilder().retentionBytes(0).build());
        log.applyRetention(2);
        assertThat(log.view().segmentCount()).isEqualTo(1);
    }

    @Test
    void keepsSegmentsThatAreNotVisibleYet() throws IOException {
        use(LogConfig.defaults().toBuilder().segmentBytes(200).retentionBytes(0).build());
        for (int i = 0; i < 10; i++) {
            fixture.stage(Batches.of(i, "v" + i));
            log.writeStaged();
        }

        assertThat(log.applyRetention(1)).isZero();
        log.onDurable(10);
        assertThat(fixture.values()).hasSize(10);
    }

    @Test
    void goesOnReadingASliceWhoseSegmentWasDeleted() throws IOException {
        use(LogConfig.defaults().toBuilder()
                .segmentBytes(100)
                .fileDeleteDelayMs(0)
                .build());
        fixture.append(Batches.of(1, "kept open"));
        fixture.append(Batches.of(1, "second"));
        ReadResult slice = log.read(0, 1 << 20, true);

        log.deleteRecordsBefore(1, 1);
        log.checkpoint();
        log.deleteRemoved(1, 1);

        assertThat(fixture.files()).doesNotContain("00000000000000000000.log");
        ByteBuf bytes = Objects.requireNonNull(slice.records()).toBuffer(UnpooledByteBufAllocator.DEFAULT);
        assertThat(bytes.readableBytes()).isEqualTo(slice.sizeBytes());
        bytes.release();
    }

    @Test
    void answersARetryWithTheOffsetsOfTheFirstCopy() throws IOException {
        fixture.append(Batches.of(1, "other"));
        fixture.append(Batches.idempotent(9, 0, 0, 50, "a", "b"));
        AppendResult retry = fixture.append(Batches.idempotent(9, 0, 0, 50, "a", "b"));

        assertThat(retry.duplicate()).isTrue();
        assertThat(retry.baseOffset()).isEqualTo(1);
        assertThat(retry.lastOffset()).isEqualTo(2);
        assertThat(retry.logAppendTimeMs()).isEqualTo(50);
        assertThat(fixture.values()).containsExactly("other", "a", "b");
    }

    @Test
    void saysHowFarTheLogMustBeDurableBeforeARetryIsAnswered() throws IOException {
        fixture.stage(Batches.idempotent(9, 0, 0, 50, "a", "b"));

        AppendResult retry = fixture.stage(Batches.idempotent(9, 0, 0, 50, "a", "b"));

        assertThat(retry.duplicate()).isTrue();
        assertThat(retry.requiredEndOffset()).isEqualTo(2);
        assertThat(log.visibleEndOffset()).isZero();
    }

    @Test
    void refusesAGapInSequencesWithoutChangingAnything() throws IOException {
        fixture.append(Batches.idempotent(9, 0, 0, 50, "a"));

        AppendResult gap = fixture.append(Batches.idempotent(9, 0, 2, 50, "c"));

        assertThat(gap.error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(gap.baseOffset()).isEqualTo(-1);
        assertThat(fixture.append(Batches.idempotent(9, 0, 1, 50, "b")).isAccepted())
                .isTrue();
        assertThat(fixture.values()).containsExactly("a", "b");
    }

    @Test
    void holdsTheLastStableOffsetAtTheOldestOpenTransaction() throws IOException {
        fixture.append(Batches.of(1, "a"));
        fixture.append(Batches.transactional(9, 0, 0, "t1"));
        fixture.append(Batches.of(1, "b"));
        assertThat(log.view().lastStableOffset()).isEqualTo(1);

        log.append(Batches.marker(9, 0, true, 3), 5, AppendOrigin.COORDINATOR, 1);
        log.writeStaged();
        assertThat(log.view().lastStableOffset()).isEqualTo(1);

        log.onDurable(4);
        assertThat(log.view().lastStableOffset()).isEqualTo(4);
        AppendResult fenced = log.append(Batches.marker(9, 0, true, 2), 5, AppendOrigin.COORDINATOR, 1);
        assertThat(fenced.error()).isEqualTo(ErrorCode.TRANSACTION_COORDINATOR_FENCED);
    }

    @Test
    void takesTheOffsetsOfItsLeaderWhenItFollows() throws IOException {
        ByteBuf batch = Batches.of(1, "a", "b");
        RecordBatch.setBaseOffset(batch, 0, 40);
        RecordBatch.setLeaderEpoch(batch, 0, 7);
        AppendResult result = log.append(batch, -1, AppendOrigin.REPLICATION, 1);
        log.writeStaged();
        log.onDurable(42);

        assertThat(result.baseOffset()).isEqualTo(40);
        assertThat(log.latestEpoch()).isEqualTo(7);
        assertThat(fixture.valuesFrom(0)).containsExactly("a", "b");
        assertThat(log.append(batch, -1, AppendOrigin.REPLICATION, 1).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void cutsBackToAnOffset() throws IOException {
        use(LogConfig.defaults().toBuilder()
                .segmentBytes(300)
                .indexIntervalBytes(50)
                .build());
        for (int i = 0; i < 20; i++) {
            log.append(Batches.idempotent(9, 0, i, i, "v" + i), i, AppendOrigin.CLIENT, 1);
            log.writeStaged();
        }
        log.onDurable(20);

        log.truncateTo(7, 1);

        assertThat(log.view().logEndOffset()).isEqualTo(7);
        assertThat(log.latestEpoch()).isEqualTo(6);
        assertThat(fixture.values()).last().isEqualTo("v6");
        assertThat(log.append(Batches.idempotent(9, 0, 8, 50, "gap"), 7, AppendOrigin.CLIENT, 1)
                        .error())
                .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(log.append(Batches.idempotent(9, 0, 7, 50, "again"), 7, AppendOrigin.CLIENT, 1)
                        .baseOffset())
                .isEqualTo(7);
        log.writeStaged();
        log.onDurable(8);
        assertThat(fixture.values()).hasSize(8).last().isEqualTo("again");
    }

    @Test
    void refusesEverythingOnceItIsOffline() throws IOException {
        fixture.append(Batches.of(1, "a"));
        log.takeOffline(new IOException("disk on fire"));

        assertThat(fixture.stage(Batches.of(1, "b")).error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(log.read(0, 100, true).error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThatThrownBy(log::checkpoint).isInstanceOf(IOException.class);
    }

    @Test
    void movesItsDirectoryAsideSoThatTheNameIsFree() throws IOException {
        fixture.append(Batches.of(1, "a"));

        Path aside = log.moveAside();

        assertThat(LogDirectories.isAside(aside.getFileName().toString())).isTrue();
        assertThat(fixture.directory).doesNotExist();
        assertThat(log.isOffline()).isTrue();
        new OsFileStore().deleteTree(aside);
        assertThat(aside).doesNotExist();
    }

    @Test
    void knowsWhichBytesAreStillInMemory() throws IOException {
        String megabyte = "x".repeat(1 << 20);
        for (int i = 0; i < 40; i++) {
            fixture.append(Batches.of(1, megabyte));
        }

        assertThat(log.isHot(0)).isFalse();
        assertThat(log.isHot(39)).isTrue();
        fixture.reopenClean();
        assertThat(fixture.log.isHot(39)).isFalse();
        fixture.log.finishRecovery(-1, false, fixture.nowMs);
        fixture.append(Batches.of(1, megabyte));
        assertThat(fixture.log.isHot(39)).isFalse();
        assertThat(fixture.log.isHot(40)).isTrue();
    }

    @Test
    void asksForAFlushAfterTheConfiguredRecordsOrTime() throws IOException {
        use(LogConfig.defaults().toBuilder().flushMessages(3).flushMs(500).build());
        assertThat(log.isFlushDue(fixture.nowMs)).isFalse();
        fixture.append(Batches.of(1, "a", "b"));
        assertThat(log.isFlushDue(fixture.nowMs + 499)).isFalse();
        assertThat(log.isFlushDue(fixture.nowMs + 500)).isTrue();
        fixture.append(Batches.of(1, "c"));
        assertThat(log.isFlushDue(fixture.nowMs)).isTrue();
        log.checkpoint();
        assertThat(log.isFlushDue(fixture.nowMs + 1000)).isFalse();
    }

    @Test
    void readsItsIdentityFromTheDirectory() throws IOException {
        assertThat(PartitionLog.readId(new OsFileStore(), fixture.directory)).isEqualTo(LogFixture.ID);
        assertThat(PartitionLog.readId(new OsFileStore(), parent)).isNull();
    }

    @Test
    void takesNothingOverFromAnEarlierTopicOfTheSameName() throws IOException {
        fixture.append(Batches.of(1, "of the earlier topic"));
        log.close();
        LogId recreated = new LogId("orders", new UUID(7, 7), 3);

        PartitionLog fresh = PartitionLog.create(recreated, fixture.directory, fixture.config, fixture.resources, 1);

        assertThat(fresh.view().logEndOffset()).isZero();
        assertThat(PartitionLog.readId(new OsFileStore(), fixture.directory)).isEqualTo(recreated);
    }
}
