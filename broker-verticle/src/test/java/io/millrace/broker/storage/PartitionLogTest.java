package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.segment.TailOptions;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.Compression;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartitionLogTest extends LogTestBase {

    private static final TailOptions TAILS = new TailOptions(4 << 20, 16 << 10, 64 << 10);

    @Override
    LogConfig config() {
        return LogConfig.defaults();
    }

    @Override
    LogResources resources() {
        return super.resources().withTails(TAILS);
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
        fixture.log.writeStaged();

        assertThat(fixture.log.view().logEndOffset()).isEqualTo(2);
        assertThat(fixture.log.view().visibleEndOffset()).isEqualTo(1);
        assertThat(fixture.values()).containsExactly("a");
        assertThat(fixture.log.read(1, 100, true).records()).isNull();
        assertThat(fixture.log.read(2, 100, true).error()).isEqualTo(ErrorCode.NONE);

        fixture.log.onDurable(2);
        assertThat(fixture.values()).containsExactly("a", "b");
    }

    @Test
    void makesVisibleOnlyWholeWritesThatTheSyncCovered() throws IOException {
        List<Long> told = new ArrayList<>();
        fixture.log.addListener((which, end) -> told.add(end));
        for (int i = 0; i < 3; i++) {
            fixture.stage(Batches.of(1, "x", "y"));
            fixture.log.writeStaged();
        }

        fixture.log.onDurable(4);
        fixture.log.onDurable(3);
        fixture.log.onDurable(5);
        fixture.log.onDurable(6);

        assertThat(told).containsExactly(4L, 6L);
    }

    @Test
    void writesAllStagedBatchesAtOnce() throws IOException {
        for (int i = 0; i < 100; i++) {
            fixture.stage(Batches.of(i, "v" + i));
        }
        assertThat(fixture.log.logEndOffset()).isZero();
        fixture.log.writeStaged();
        fixture.log.onDurable(100);

        assertThat(fixture.values())
                .isEqualTo(IntStream.range(0, 100).mapToObj(i -> "v" + i).toList());
    }

    @Test
    void refusesOffsetsOutsideTheLog() throws IOException {
        fixture.append(Batches.of(1, "a"));

        assertThat(fixture.log.read(-1, 100, true).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(fixture.log.read(1, 100, true).error()).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.log.read(2, 100, true).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void returnsAtLeastOneWholeBatchWhenAsked() throws IOException {
        ByteBuf large = Batches.of(1, "x".repeat(5000));
        fixture.append(large);
        fixture.append(Batches.of(1, "y"));

        ReadResult whole = fixture.log.read(0, 100, true);
        assertThat(whole.sizeBytes()).isEqualTo(large.readableBytes());
        whole.release();
        assertThat(fixture.log.read(0, 100, false).records()).isNull();
        assertThat(fixture.log.read(0, 0, false).records()).isNull();
        ReadResult capped = fixture.log.read(0, large.readableBytes() + 7, false);
        assertThat(capped.sizeBytes()).isEqualTo(large.readableBytes() + 7);
        capped.release();
    }

    @Test
    void beginsASliceAtTheBatchThatHoldsTheOffset() throws IOException {
        fixture.append(Batches.of(1, "a", "b", "c"));
        fixture.append(Batches.of(1, "d", "e"));

        ReadResult result = fixture.log.read(4, 1 << 20, true);

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

        assertThat(fixture.log.view().segmentCount()).isGreaterThan(10);
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

        assertThat(fixture.log.view().segmentCount()).isEqualTo(3);
        assertThat(fixture.values()).containsExactly("a", "x".repeat(2000), "b");
    }

    @Test
    void rollsWhenTheFirstRecordIsOlderThanSegmentMs() throws IOException {
        use(LogConfig.defaults().toBuilder().segmentMs(1000).build());
        fixture.append(Batches.of(5000, "a"));
        fixture.append(Batches.of(6000, "b"));
        assertThat(fixture.log.view().segmentCount()).isEqualTo(1);

        fixture.append(Batches.of(6001, "c"));

        assertThat(fixture.log.view().segmentCount()).isEqualTo(2);
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

        assertThat(fixture.log.view().segmentCount()).isGreaterThan(2);
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

        assertThat(fixture.log.offsetForTimestamp(0)).isEqualTo(new OffsetLookup(0, 0, 5));
        assertThat(fixture.log.offsetForTimestamp(1)).isEqualTo(new OffsetLookup(1, 10, 5));
        assertThat(fixture.log.offsetForTimestamp(555)).isEqualTo(new OffsetLookup(56, 560, 5));
        assertThat(fixture.log.offsetForTimestamp(990)).isEqualTo(new OffsetLookup(99, 990, 5));
        assertThat(fixture.log.offsetForTimestamp(991)).isEqualTo(OffsetLookup.NONE);
        assertThat(fixture.log.maxTimestampOffset()).isEqualTo(new OffsetLookup(99, 990, 5));
    }

    @Test
    void findsTheFirstRecordOfTheLargestTimestampThatIsVisible() throws IOException {
        fixture.append(Batches.of(100, "a"));
        fixture.append(Batches.of(300, "b"));
        fixture.append(Batches.of(200, "c"));
        fixture.stage(Batches.of(400, "not durable"));
        fixture.log.writeStaged();

        assertThat(fixture.log.maxTimestampOffset()).isEqualTo(new OffsetLookup(1, 300, 5));
        assertThat(fixture.log.offsetForTimestamp(350)).isEqualTo(OffsetLookup.NONE);
    }

    @Test
    void whatIsDeletedHasNotTheLargestTimestamp() throws IOException {
        fixture.append(Batches.timed(300, 100, 200));

        fixture.log.deleteRecordsBefore(1, fixture.nowMs);

        assertThat(fixture.log.maxTimestampOffset()).isEqualTo(new OffsetLookup(2, 200, 5));
    }

    @Test
    void answersTimestampsOfAnEmptyLogWithNothing() throws IOException {
        assertThat(fixture.log.maxTimestampOffset()).isEqualTo(OffsetLookup.NONE);
        assertThat(fixture.log.offsetForTimestamp(0)).isEqualTo(OffsetLookup.NONE);
        assertThat(fixture.log.latest().offset()).isZero();
        assertThat(fixture.log.earliest().offset()).isZero();
    }

    @Test
    void tellsWhereEpochsEnded() throws IOException {
        fixture.log.append(Batches.of(1, "a", "b"), 2, AppendOrigin.CLIENT, 1);
        fixture.log.append(Batches.of(1, "c"), 4, AppendOrigin.CLIENT, 1);
        fixture.log.writeStaged();
        fixture.log.onDurable(3);

        assertThat(fixture.log.endOffsetForEpoch(1)).isEqualTo(new EpochEnd(1, 0));
        assertThat(fixture.log.endOffsetForEpoch(2)).isEqualTo(new EpochEnd(2, 2));
        assertThat(fixture.log.endOffsetForEpoch(3)).isEqualTo(new EpochEnd(2, 2));
        assertThat(fixture.log.endOffsetForEpoch(4)).isEqualTo(new EpochEnd(4, 3));
        assertThat(fixture.log.endOffsetForEpoch(5)).isEqualTo(EpochEnd.UNDEFINED);
        assertThat(fixture.log.endOffsetForEpoch(-1)).isEqualTo(EpochEnd.UNDEFINED);
        assertThat(fixture.log.latestEpoch()).isEqualTo(4);
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
        assertThat(fixture.log.visibleEndOffset()).isZero();
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
        assertThat(fixture.log.view().lastStableOffset()).isEqualTo(1);

        fixture.log.append(Batches.marker(9, 0, true, 3), 5, AppendOrigin.COORDINATOR, 1);
        fixture.log.writeStaged();
        assertThat(fixture.log.view().lastStableOffset()).isEqualTo(1);

        fixture.log.onDurable(4);
        assertThat(fixture.log.view().lastStableOffset()).isEqualTo(4);
        AppendResult fenced = fixture.log.append(Batches.marker(9, 0, true, 2), 5, AppendOrigin.COORDINATOR, 1);
        assertThat(fenced.error()).isEqualTo(ErrorCode.TRANSACTION_COORDINATOR_FENCED);
    }

    @Test
    void takesTheOffsetsOfItsLeaderWhenItFollows() throws IOException {
        ByteBuf batch = Batches.of(1, "a", "b");
        RecordBatch.setBaseOffset(batch, 0, 40);
        RecordBatch.setLeaderEpoch(batch, 0, 7);
        AppendResult result = fixture.log.append(batch, -1, AppendOrigin.REPLICATION, 1);
        fixture.log.writeStaged();
        fixture.log.onDurable(42);

        assertThat(result.baseOffset()).isEqualTo(40);
        assertThat(fixture.log.latestEpoch()).isEqualTo(7);
        assertThat(fixture.valuesFrom(0)).containsExactly("a", "b");
        assertThat(fixture.log.append(batch, -1, AppendOrigin.REPLICATION, 1).error())
                .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void cutsBackToAnOffset() throws IOException {
        use(LogConfig.defaults().toBuilder()
                .segmentBytes(300)
                .indexIntervalBytes(50)
                .build());
        for (int i = 0; i < 20; i++) {
            fixture.log.append(Batches.idempotent(9, 0, i, i, "v" + i), i, AppendOrigin.CLIENT, 1);
            fixture.log.writeStaged();
        }
        fixture.log.onDurable(20);

        fixture.log.truncateTo(7, 1);

        assertThat(fixture.log.view().logEndOffset()).isEqualTo(7);
        assertThat(fixture.log.latestEpoch()).isEqualTo(6);
        assertThat(fixture.values()).last().isEqualTo("v6");
        assertThat(fixture.log
                        .append(Batches.idempotent(9, 0, 8, 50, "gap"), 7, AppendOrigin.CLIENT, 1)
                        .error())
                .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(fixture.log
                        .append(Batches.idempotent(9, 0, 7, 50, "again"), 7, AppendOrigin.CLIENT, 1)
                        .baseOffset())
                .isEqualTo(7);
        fixture.log.writeStaged();
        fixture.log.onDurable(8);
        assertThat(fixture.values()).hasSize(8).last().isEqualTo("again");
    }

    @Test
    void cutsBackWhatWaitsInMemory() throws IOException {
        fixture.fill(20);
        assertThat(fixture.activeLog()).isEmptyFile();

        fixture.log.truncateTo(7, 1);

        assertThat(fixture.activeLog()).hasSize(fixture.log.sizeBytes());
        assertThat(fixture.values()).isEqualTo(fixture.expected.subList(0, 7));
        fixture.reopenAfterKill();
        assertThat(fixture.values()).isEqualTo(fixture.expected.subList(0, 7));
    }

    @Test
    void refusesEverythingOnceItIsOffline() throws IOException {
        fixture.append(Batches.of(1, "a"));
        fixture.log.takeOffline(new IOException("disk on fire"));

        assertThat(fixture.stage(Batches.of(1, "b")).error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(fixture.log.read(0, 100, true).error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThatThrownBy(fixture.log::checkpoint).isInstanceOf(IOException.class);
    }

    @Test
    void movesItsDirectoryAsideSoThatTheNameIsFree() throws IOException {
        fixture.append(Batches.of(1, "a"));

        Path aside = fixture.log.moveAside();

        assertThat(LogDirectories.isAside(aside.getFileName().toString())).isTrue();
        assertThat(fixture.directory).doesNotExist();
        assertThat(fixture.log.isOffline()).isTrue();
        new OsFileStore().deleteTree(aside);
        assertThat(aside).doesNotExist();
    }

    @Test
    void knowsWhichBytesAreStillInMemory() throws IOException {
        String megabyte = "x".repeat(1 << 20);
        for (int i = 0; i < 40; i++) {
            fixture.append(Batches.of(1, megabyte));
        }

        assertThat(fixture.log.isHot(0)).isFalse();
        assertThat(fixture.log.isHot(39)).isTrue();
        fixture.reopenClean();
        assertThat(fixture.log.isHot(39)).isFalse();
        fixture.log.finishRecovery(-1, false, fixture.nowMs);
        fixture.append(Batches.of(1, megabyte));
        assertThat(fixture.log.isHot(39)).isFalse();
        assertThat(fixture.log.isHot(40)).isTrue();
    }

    @Test
    void hasAllOfASegmentInItsFileBeforeTheNextBegins() throws IOException {
        fixture.append(Batches.of(1, "waits in memory"));
        Path segment = fixture.directory.resolve("00000000000000000000.log");
        assertThat(segment).isEmptyFile();

        fixture.log.roll(fixture.nowMs);

        assertThat(Files.size(segment)).isEqualTo(fixture.log.sizeBytes());
    }

    @Test
    void asksForAFlushAfterTheConfiguredRecordsOrTime() throws IOException {
        use(LogConfig.defaults().toBuilder().flushMessages(3).flushMs(500).build());
        assertThat(fixture.log.isFlushDue(fixture.nowMs)).isFalse();
        fixture.append(Batches.of(1, "a", "b"));
        assertThat(fixture.log.isFlushDue(fixture.nowMs + 499)).isFalse();
        assertThat(fixture.log.isFlushDue(fixture.nowMs + 500)).isTrue();
        fixture.append(Batches.of(1, "c"));
        assertThat(fixture.log.isFlushDue(fixture.nowMs)).isTrue();
        fixture.log.checkpoint();
        assertThat(fixture.log.isFlushDue(fixture.nowMs + 1000)).isFalse();
    }

    @Test
    void readsItsIdentityFromTheDirectory() throws IOException {
        assertThat(LogDirectories.readId(new OsFileStore(), fixture.directory)).isEqualTo(LogFixture.ID);
        assertThat(LogDirectories.readId(new OsFileStore(), parent)).isNull();
    }

    @Test
    void takesNothingOverFromAnEarlierTopicOfTheSameName() throws IOException {
        fixture.append(Batches.of(1, "of the earlier topic"));
        fixture.log.close();
        LogId recreated = new LogId("orders", new UUID(7, 7), 3);

        PartitionLog fresh = PartitionLog.create(recreated, fixture.directory, fixture.config, fixture.resources, 1);

        assertThat(fresh.view().logEndOffset()).isZero();
        assertThat(LogDirectories.readId(new OsFileStore(), fixture.directory)).isEqualTo(recreated);
    }
}
