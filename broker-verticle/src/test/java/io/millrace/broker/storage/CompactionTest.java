package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.Compression;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is left of one log, and how it can be read. */
class CompactionTest extends CompactionTestBase {

    @Test
    void keepsTheNewestRecordOfEachKeyAtItsOffset() throws IOException {
        append("a=1", "b=1", "a=2");
        append("c=1");
        append("b=2", "d=1");
        roll();

        compact();

        assertThat(records()).containsExactly("2 a=2", "3 c=1", "4 b=2", "5 d=1");
        assertThat(fixture.log.compactor().cleanedOffset()).isEqualTo(6);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void packedBatchesStayPacked(Compression codec) throws IOException {
        fixture.append(Batches.keyed(codec, 7, "a=1", "b=1", "c=1"));
        fixture.append(Batches.keyed(codec, 8, "a=2"));
        roll();

        compact();

        assertThat(records()).containsExactly("1 b=1", "2 c=1", "3 a=2");
        assertThat(batches(0)).extracting(batch -> RecordBatch.codec(batch, 0)).containsOnly(codec);
    }

    @Test
    void whatIsInTheActiveSegmentCountsLater() throws IOException {
        append("a=1", "b=1");
        roll();
        append("a=2");

        compact();

        assertThat(records()).containsExactly("0 a=1", "1 b=1", "2 a=2");
        roll();
        compact();
        assertThat(records()).containsExactly("1 b=1", "2 a=2");
    }

    @Test
    void whatIsNotOnTheDiskYetIsNotTouched() throws IOException {
        append("a=1", "a=2");
        fixture.log.roll(fixture.nowMs);

        assertThat(begin(LIMITS)).isNull();
        fixture.log.checkpoint();
        compact();
        assertThat(records()).containsExactly("1 a=2");
    }

    @Test
    void neighboursBecomeOneSegmentAsLongAsTheyFit() throws IOException {
        for (int i = 0; i < 10; i++) {
            append("a=" + i, "only-" + i + "=" + "x".repeat(24_000));
            roll();
        }

        compact();

        assertThat(fixture.files(".log")).hasSize(4); // four, four, two, and the active one
        assertThat(records()).hasSize(11).contains("18 a=9");
        fixture.reopenClean();
        assertThat(records()).hasSize(11).contains("18 a=9");
    }

    @Test
    void batchesThatLoseNothingStayAsTheyAre() throws IOException {
        append("a=1");
        append("b=1", "c=1");
        append("a=2");
        roll();
        byte[] before = ByteBufUtil.getBytes(batches(1).get(0));

        compact();

        assertThat(ByteBufUtil.getBytes(batches(0).get(0))).isEqualTo(before);
    }

    @Test
    void aDeletionStaysUntilItsHorizon() throws IOException {
        append("a=1", "b=1");
        append("a");
        append("c=1");
        roll();

        compact();

        assertThat(records()).containsExactly("1 b=1", "2 a", "3 c=1");
        ByteBuf deletion = batches(2).get(0);
        assertThat(RecordBatch.hasDeleteHorizon(deletion, 0)).isTrue();
        assertThat(RecordBatch.baseTimestamp(deletion, 0)).isEqualTo(fixture.nowMs + DELETE_RETENTION_MS);

        fixture.nowMs += DELETE_RETENTION_MS - 1;
        append("d=1");
        roll();
        compact();
        assertThat(records()).containsExactly("1 b=1", "2 a", "3 c=1", "4 d=1");

        fixture.nowMs += 1;
        append("e=1");
        roll();
        compact();
        assertThat(records()).containsExactly("1 b=1", "3 c=1", "4 d=1", "5 e=1");
    }

    @Test
    void aSegmentEndsWhereItEndedAlsoWhenItsLastRecordsAreGone() throws IOException {
        append("a=1");
        append("a");
        roll();
        compact();
        fixture.nowMs += DELETE_RETENTION_MS;
        append("b=1");
        append("b=2");
        roll();

        compact();

        // Nothing is left of the first, and the log does not seem to begin later.
        assertThat(records()).containsExactly("3 b=2");
        append("b=3");
        roll();
        compact();
        assertThat(records()).containsExactly("4 b=3");
        assertThat(fixture.log.logStartOffset()).isZero();
        assertThat(fixture.log.view().visibleEndOffset()).isEqualTo(5);
    }

    @Test
    void nobodyWaitsForOffsetsThatAreGone() throws IOException {
        append("a=1");
        append("b=1");
        append("b");
        roll();
        compact();
        fixture.nowMs += DELETE_RETENTION_MS;
        append("c=1", "a=2");
        append("c");
        roll();
        compact();
        fixture.nowMs += DELETE_RETENTION_MS;
        append("a=3");
        roll();
        compact();

        for (long offset = 0; offset < 7; offset++) {
            ByteBuf first = batches(offset).get(0);
            assertThat(RecordBatch.lastOffset(first, 0)).isGreaterThanOrEqualTo(offset);
        }
        assertThat(records()).containsExactly("6 a=3");
        // A log that lost what it knows of its own recovery finds no hole either.
        fixture.log.abandon();
        fixture.open(new OpenState(0, 0, false));
        assertThat(fixture.log.logEndOffset()).isEqualTo(7);
        assertThat(records()).containsExactly("6 a=3");
    }

    @Test
    void theNewestBatchOfAProducerStaysWithoutItsRecords() throws IOException {
        fixture.append(Batches.keyed(5, 0, 1, "a=1", "b=1"));
        fixture.append(Batches.keyed(5, 2, 1, "a=2"));
        fixture.append(Batches.keyed(6, 0, 1, "a=3", "b=3"));
        append("a=4", "b=4");
        roll();

        compact();

        assertThat(records()).containsExactly("5 a=4", "6 b=4");
        assertThat(batches(0))
                .extracting(batch -> RecordBatch.producerId(batch, 0), batch -> RecordBatch.lastSequence(batch, 0))
                .startsWith(tuple(5L, 2), tuple(6L, 1));
        // The snapshots are only a short cut.
        fixture.log.abandon();
        for (String snapshot : fixture.files(".snapshot")) {
            fixture.store.delete(fixture.file(snapshot));
        }
        fixture.open(new OpenState(0, 0, false));
        fixture.log.finishRecovery(-1, false, fixture.nowMs);
        assertThat(fixture.append(Batches.keyed(5, 2, 1, "a=2")).duplicate()).isTrue();
        assertThat(fixture.append(Batches.keyed(6, 2, 1, "c=1")).error()).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.append(Batches.keyed(6, 9, 1, "c=1")).error())
                .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void anExpiredProducerLeavesNothing() throws IOException {
        fixture.append(Batches.keyed(5, 0, 1, "a=1"));
        append("a=2");
        roll();
        fixture.nowMs += fixture.config.producerIdExpirationMs();
        fixture.log.expireProducers(fixture.nowMs);

        compact();

        assertThat(batches(0)).hasSize(1);
    }

    @Test
    void batchesMayBeLargerThanWhatIsReadAtOnce() throws IOException {
        String large = "x".repeat(700_000);
        append("a=1", "b=1");
        append("a=" + large, "b=2");
        append("b=3");
        roll();

        compact();

        assertThat(records()).containsExactly("2 a=" + large, "4 b=3");
    }

    @Test
    void recordsWithoutAKeyGo() throws IOException {
        fixture.append(Batches.of(1, "no key"));
        append("a=1");
        roll();

        compact();

        assertThat(records()).containsExactly("1 a=1");
    }

    @Test
    void transactionsStayAsLongAsNothingNewerIsCertain() throws IOException {
        append("a=1", "b=1");
        fixture.append(Batches.keyedTransactional(9, 0, "a=2", "b"));
        fixture.log.append(Batches.marker(9, 0, false, 1), 5, AppendOrigin.COORDINATOR, fixture.nowMs);
        fixture.log.writeStaged();
        fixture.log.onDurable(fixture.log.logEndOffset());
        append("b=3");
        roll();

        compact();

        // a=1 may be the newest that counts: the transaction was aborted, but that is not looked for.
        assertThat(records()).containsExactly("0 a=1", "2 a=2", "5 b=3");
        assertThat(batches(0))
                .filteredOn(batch -> RecordBatch.isControl(batch, 0))
                .hasSize(1);
    }

    @Test
    void nothingBehindAnOpenTransactionIsTouched() throws IOException {
        append("a=1", "a=2");
        roll();
        fixture.append(Batches.keyedTransactional(9, 0, "a=3"));
        roll();
        append("a=4", "a=5");
        roll();

        compact();

        assertThat(records()).containsExactly("1 a=2", "2 a=3", "3 a=4", "4 a=5");
    }

    @Test
    void keysThatDoNotFitIntoMemoryTakeSeveralCompactions() throws IOException {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 50; i++) {
                append("key-" + i + "=" + round, "other-" + i + "=" + round);
            }
        }
        roll();
        int compactions = 0;
        Compaction compaction = begin(new CompactionLimits(40 * 24, 0));
        while (compaction != null) {
            finish(compaction);
            compactions++;
            compaction = begin(new CompactionLimits(40 * 24, 0));
        }

        assertThat(compactions).isGreaterThan(3);
        assertThat(records()).hasSize(100).allMatch(record -> record.endsWith("=1"));
    }

    @Test
    void aDeletionIsNotDroppedBeforeOlderRecordsWereLookedAt() throws IOException {
        append("a=1");
        for (int i = 0; i < 30; i++) {
            append("key-" + i + "=1");
        }
        append("a");
        roll();
        CompactionLimits little = new CompactionLimits(20 * 24, 0);
        finish(Objects.requireNonNull(begin(little)));
        assertThat(RecordBatch.hasDeleteHorizon(batches(31).get(0), 0)).isFalse();
        fixture.nowMs += DELETE_RETENTION_MS;
        for (Compaction next = begin(little); next != null; next = begin(little)) {
            finish(next);
        }

        assertThat(records()).hasSize(31).endsWith("31 a").noneMatch(record -> record.endsWith("a=1"));
    }

    @Test
    void damageIsReportedAndNothingIsDropped() throws IOException {
        append("a=1", "b=1");
        append("a=2");
        roll();
        append("a=3");
        roll();
        fixture.log.abandon();
        Damage.flipBit(fixture.file(fixture.files(".log").get(0)), 75);
        fixture.open(new OpenState(0, 4, false));

        Compaction compaction = Objects.requireNonNull(begin(LIMITS));
        assertThatThrownBy(() -> finish(compaction))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("at position 0");
        compaction.abort();

        assertThat(fixture.files(".cleaned")).isEmpty();
        assertThat(fixture.log.compactor().cleanedOffset()).isZero();
        assertThat(fixture.files(".log")).hasSize(3);
    }
}
