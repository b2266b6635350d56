package io.millrace.wire.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is left of a batch, as kafka-clients reads it. */
class BatchFilterTest {
    private static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);
    private static final long MAX_UNPACKED = 64 << 20;
    private static final long BASE = 1L << 33;
    private static final int ROUNDS = 40;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void whatStaysIsAsItWas(Compression codec) {
        for (int round = 0; round < ROUNDS; round++) {
            long seed = RandomRecords.baseSeed() + round;
            List<Record> records = new RandomRecords(seed).dense(1 + round, BASE);
            ByteBuf batch = KafkaRecords.build(KafkaRecords.builder(codec, BASE), records);
            BitSet kept = someOf(records.size(), new Random(seed));

            ByteBuf rest = BatchFilter.retain(
                    HEAP, batch, 0, kept, RecordBatch.NO_TIMESTAMP, codec.defaultLevel(), MAX_UNPACKED);

            List<Record> expected = kept.stream().mapToObj(records::get).toList();
            assertThat(KafkaRecords.read(rest)).as("-Dseed=%d", seed).isEqualTo(expected);
            assertThat(kafkaBatch(rest).deleteHorizonMs()).isEmpty();
            assertKeepsItsPlace(rest, batch, expected);
            rest.release();
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void aDeleteHorizonChangesNoTimestamp(Compression codec) {
        for (int round = 0; round < ROUNDS; round++) {
            long seed = RandomRecords.baseSeed() + round;
            List<Record> records = new RandomRecords(seed).dense(1 + round, BASE);
            ByteBuf batch = KafkaRecords.build(KafkaRecords.builder(codec, BASE), records);
            BitSet kept = someOf(records.size(), new Random(seed));

            ByteBuf rest =
                    BatchFilter.retain(HEAP, batch, 0, kept, 1_800_000_000_000L, codec.defaultLevel(), MAX_UNPACKED);

            List<Record> expected = kept.stream().mapToObj(records::get).toList();
            assertThat(KafkaRecords.read(rest)).as("-Dseed=%d", seed).isEqualTo(expected);
            assertThat(kafkaBatch(rest).deleteHorizonMs()).hasValue(1_800_000_000_000L);
            assertThat(RecordBatch.hasDeleteHorizon(rest, 0)).isTrue();
            assertKeepsItsPlace(rest, batch, expected);
            rest.release();
        }
    }

    @Test
    void aHorizonStaysWhenMoreGoes() {
        List<Record> records = new RandomRecords(1).dense(3, BASE);
        ByteBuf batch = KafkaRecords.build(KafkaRecords.builder(Compression.LZ4, BASE), records);
        ByteBuf once = BatchFilter.retain(HEAP, batch, 0, positions(0, 2), 77, 9, MAX_UNPACKED);

        ByteBuf twice = BatchFilter.retain(HEAP, once, 0, positions(1), RecordBatch.NO_TIMESTAMP, 9, MAX_UNPACKED);

        assertThat(kafkaBatch(twice).deleteHorizonMs()).hasValue(77);
        assertThat(KafkaRecords.read(twice)).containsExactly(records.get(2));
        once.release();
        twice.release();
    }

    @Test
    void theBrokersTimeStays() {
        List<Record> records = new RandomRecords(2).dense(4, BASE);
        ByteBuf batch = KafkaRecords.build(KafkaRecords.builder(Compression.NONE, BASE), records);
        RecordBatch.setLogAppendTime(batch, 0, 123_456);

        ByteBuf rest = BatchFilter.retain(HEAP, batch, 0, positions(1, 3), 99, 0, MAX_UNPACKED);

        assertThat(KafkaRecords.read(rest)).extracting(Record::timestampMs).containsExactly(123_456L, 123_456L);
        assertThat(RecordBatch.maxTimestamp(rest, 0)).isEqualTo(123_456);
        rest.release();
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void anEmptyBatchKeepsProducerAndOffsets(Compression codec) {
        List<Record> records = new RandomRecords(3).dense(5, BASE);
        ByteBuf batch = KafkaRecords.build(KafkaRecords.builder(codec, BASE), records);

        ByteBuf empty = BatchFilter.empty(HEAP, batch, 0);

        MutableRecordBatch kafka = kafkaBatch(empty);
        kafka.ensureValid();
        assertThat(kafka.countOrNull()).isZero();
        assertThat(kafka.compressionType().id).isZero();
        assertThat(kafka.lastSequence()).isEqualTo(RecordBatch.lastSequence(batch, 0));
        assertThat(kafka.maxTimestamp()).isEqualTo(RecordBatch.maxTimestamp(batch, 0));
        assertKeepsItsPlace(empty, batch, List.of());
        assertThat(readAll(empty)).isEmpty();
        empty.release();
    }

    @Test
    void aPlaceholderHoldsAnOffset() {
        ByteBuf placeholder = BatchFilter.placeholder(HEAP, BASE, 8, 55);

        MutableRecordBatch kafka = kafkaBatch(placeholder);
        kafka.ensureValid();
        assertThat(kafka.baseOffset()).isEqualTo(BASE);
        assertThat(kafka.nextOffset()).isEqualTo(BASE + 1);
        assertThat(kafka.countOrNull()).isZero();
        assertThat(kafka.partitionLeaderEpoch()).isEqualTo(8);
        assertThat(kafka.maxTimestamp()).isEqualTo(55);
        assertThat(kafka.hasProducerId()).isFalse();
        assertThat(readAll(placeholder)).isEmpty();
        placeholder.release();
    }

    @Test
    void recordsThatCannotBeReadAreAnError() {
        ByteBuf batch =
                KafkaRecords.build(KafkaRecords.builder(Compression.NONE, BASE), new RandomRecords(4).dense(2, BASE));
        batch.setInt(RecordBatch.RECORD_COUNT_AT, 3);

        assertThatThrownBy(() ->
                        BatchFilter.retain(HEAP, batch, 0, positions(0), RecordBatch.NO_TIMESTAMP, 0, MAX_UNPACKED))
                .isInstanceOf(InvalidRecordsException.class);
    }

    private static void assertKeepsItsPlace(ByteBuf rest, ByteBuf batch, List<Record> records) {
        assertThat(RecordBatch.check(rest, 0, rest.readableBytes())).isEqualTo(RecordBatch.Integrity.VALID);
        assertThat(RecordBatch.baseOffset(rest, 0)).isEqualTo(BASE);
        assertThat(RecordBatch.lastOffset(rest, 0)).isEqualTo(RecordBatch.lastOffset(batch, 0));
        assertThat(RecordBatch.partitionLeaderEpoch(rest, 0)).isEqualTo(RecordBatch.partitionLeaderEpoch(batch, 0));
        assertThat(RecordBatch.producerId(rest, 0)).isEqualTo(4711);
        assertThat(RecordBatch.producerEpoch(rest, 0)).isEqualTo((short) 2);
        assertThat(RecordBatch.baseSequence(rest, 0)).isEqualTo(9);
        assertThat(RecordBatch.isTransactional(rest, 0)).isTrue();
        assertThat(RecordBatch.recordCount(rest, 0)).isEqualTo(records.size());
        if (!records.isEmpty()) {
            long newest = records.stream().mapToLong(Record::timestampMs).max().orElseThrow();
            assertThat(RecordBatch.maxTimestamp(rest, 0)).isEqualTo(newest);
            assertThat(readAll(rest)).isEqualTo(records);
        }
    }

    private static List<Record> readAll(ByteBuf batch) {
        List<Record> records = new ArrayList<>();
        try (RecordReader reader = RecordReader.open(batch, 0, MAX_UNPACKED)) {
            while (reader.next()) {
                records.add(reader.record());
            }
        }
        return records;
    }

    private static MutableRecordBatch kafkaBatch(ByteBuf batch) {
        return MemoryRecords.readableRecords(batch.nioBuffer())
                .batches()
                .iterator()
                .next();
    }

    /** At least one. */
    private static BitSet someOf(int count, Random random) {
        BitSet kept = new BitSet();
        IntStream.range(0, count).filter(i -> random.nextInt(3) > 0).forEach(kept::set);
        kept.set(random.nextInt(count));
        return kept;
    }

    private static BitSet positions(int... positions) {
        BitSet kept = new BitSet();
        IntStream.of(positions).forEach(kept::set);
        return kept;
    }
}
