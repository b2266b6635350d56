package io.millrace.broker.storage.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.Batches;
import io.millrace.broker.storage.ProducerStateView;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ProducerTableTest {

    private static final long ID = 42;

    private final ProducerTable table = new ProducerTable();
    private long nextOffset;

    private static ByteBuf batch(int epoch, int sequence, int count) {
        String[] values = new String[count];
        Arrays.fill(values, "v");
        return Batches.idempotent(ID, epoch, sequence, 100, values);
    }

    private SequenceVerdict offer(ByteBuf batch) {
        SequenceVerdict verdict = table.check(batch, 0, AppendOrigin.CLIENT);
        if (verdict instanceof SequenceVerdict.Accepted) {
            RecordBatch.setBaseOffset(batch, 0, nextOffset);
            table.applyData(batch, 0, 1);
            nextOffset = RecordBatch.lastOffset(batch, 0) + 1;
        }
        return verdict;
    }

    private static void assertRefused(SequenceVerdict verdict, ErrorCode error) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        SequenceVerdict.Refused.class,
                        refused -> assertThat(refused.error()).isEqualTo(error));
    }

    @Test
    void letsAnUnknownProducerBeginAnywhereAsKafka4Does() {
        assertThat(offer(batch(3, 17, 1))).isEqualTo(SequenceVerdict.ACCEPTED);
        assertThat(offer(batch(3, 18, 1))).isEqualTo(SequenceVerdict.ACCEPTED);
    }

    @Test
    void refusesGapsAndStepsBack() {
        offer(batch(0, 0, 3));

        assertRefused(offer(batch(0, 4, 1)), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertRefused(offer(batch(0, 2, 1)), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(offer(batch(0, 3, 1))).isEqualTo(SequenceVerdict.ACCEPTED);
    }

    @Test
    void recognisesTheLastFiveBatchesAndNoMore() {
        for (int i = 0; i < 6; i++) {
            offer(batch(0, i * 2, 2));
        }

        for (int i = 1; i < 6; i++) {
            assertThat(offer(batch(0, i * 2, 2))).isEqualTo(new SequenceVerdict.Duplicate(2L * i, 2L * i + 1, 100));
        }
        assertRefused(offer(batch(0, 0, 2)), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void takesABatchForADuplicateOnlyWhenBothEndsAgree() {
        offer(batch(0, 0, 2));

        assertRefused(offer(batch(0, 0, 1)), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertRefused(offer(batch(0, 1, 1)), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void wrapsSequencesAtTheLargestInt() {
        offer(batch(0, Integer.MAX_VALUE - 1, 2));
        assertThat(offer(batch(0, 0, 1))).isEqualTo(SequenceVerdict.ACCEPTED);
        assertThat(offer(batch(0, Integer.MAX_VALUE - 1, 2))).isEqualTo(new SequenceVerdict.Duplicate(0, 1, 100));
    }

    @Test
    void wrapsSequencesWithinABatch() {
        offer(batch(0, Integer.MAX_VALUE, 3));

        assertThat(offer(batch(0, Integer.MAX_VALUE, 3))).isEqualTo(new SequenceVerdict.Duplicate(0, 2, 100));
        assertThat(offer(batch(0, 2, 1))).isEqualTo(SequenceVerdict.ACCEPTED);
    }

    @Test
    void letsABumpedEpochStartAgainAtZeroOnly() {
        offer(batch(1, 5, 1));

        assertRefused(offer(batch(2, 6, 1)), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(offer(batch(2, 0, 1))).isEqualTo(SequenceVerdict.ACCEPTED);
        assertRefused(offer(batch(1, 6, 1)), ErrorCode.INVALID_PRODUCER_EPOCH);
        assertRefused(offer(batch(1, 5, 1)), ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void doesNotCheckSequencesOfItsLeader() {
        offer(batch(0, 0, 1));

        assertThat(table.check(batch(0, 9, 1), 0, AppendOrigin.REPLICATION)).isEqualTo(SequenceVerdict.ACCEPTED);
    }

    @Test
    void refusesPlainBatchesWithinATransaction() {
        ByteBuf first = Batches.transactional(ID, 0, 0, "t");
        assertThat(offer(first)).isEqualTo(SequenceVerdict.ACCEPTED);

        assertRefused(offer(batch(0, 1, 1)), ErrorCode.INVALID_TXN_STATE);
        assertThat(table.firstOpenOffset()).isZero();
        table.applyMarker(ID, (short) 0, 7, 200, 1);
        assertThat(table.firstOpenOffset()).isEqualTo(Long.MAX_VALUE);
        assertThat(table.coordinatorEpoch(ID)).isEqualTo(7);
        assertThat(offer(batch(0, 1, 1))).isEqualTo(SequenceVerdict.ACCEPTED);
    }

    @Test
    void startsSequencesAgainAfterAMarkerThatBumpedTheEpoch() {
        offer(Batches.transactional(ID, 0, 0, "t"));
        table.applyMarker(ID, (short) 1, 7, 200, 1);

        assertRefused(offer(batch(0, 1, 1)), ErrorCode.INVALID_PRODUCER_EPOCH);
        assertRefused(offer(batch(1, 1, 1)), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(offer(batch(1, 0, 1))).isEqualTo(SequenceVerdict.ACCEPTED);
    }

    @Test
    void forgetsSilentProducersButNotOpenTransactions() {
        offer(batch(0, 0, 1));
        offer(Batches.transactional(7, 0, 0, "t"));

        table.expire(1000, 1000);
        assertThat(table.size()).isEqualTo(2);
        table.expire(1001, 1000);

        assertThat(table.views()).extracting(ProducerStateView::producerId).containsExactly(7L);
        assertThat(offer(batch(0, 9, 1))).isEqualTo(SequenceVerdict.ACCEPTED);
    }

    @Test
    void describesItsProducers() {
        offer(batch(2, 4, 2));

        assertThat(table.views()).containsExactly(new ProducerStateView(ID, (short) 2, 5, 100, -1, -1));
    }
}
