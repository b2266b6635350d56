package io.millrace.wire.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

class RecordBatchTest {
    private static final int AT = 7;

    @Test
    void readsAndPatchesTheSameFieldsInEveryKindOfBuffer() {
        for (ByteBuf buf : everyKindOf(batch())) {
            RecordBatch.setBaseOffset(buf, AT, 1L << 40);
            RecordBatch.setLeaderEpoch(buf, AT, 12);
            assertThat(RecordBatch.check(buf, AT, buf.writerIndex())).isEqualTo(RecordBatch.Integrity.VALID);

            RecordBatch.setLogAppendTime(buf, AT, 5_000);

            assertThat(RecordBatch.check(buf, AT, buf.writerIndex())).isEqualTo(RecordBatch.Integrity.VALID);
            DefaultRecordBatch theirs = theirs(buf);
            theirs.ensureValid();
            assertThat(theirs.baseOffset())
                    .isEqualTo(RecordBatch.baseOffset(buf, AT))
                    .isEqualTo(1L << 40);
            assertThat(theirs.lastOffset()).isEqualTo(RecordBatch.lastOffset(buf, AT));
            assertThat(theirs.partitionLeaderEpoch()).isEqualTo(RecordBatch.partitionLeaderEpoch(buf, AT));
            assertThat(theirs.maxTimestamp())
                    .isEqualTo(RecordBatch.maxTimestamp(buf, AT))
                    .isEqualTo(5_000);
            assertThat(theirs.timestampType().name)
                    .isEqualTo(RecordBatch.timestampType(buf, AT).configName());
            assertThat(theirs.baseTimestamp()).isEqualTo(RecordBatch.baseTimestamp(buf, AT));
            assertThat(theirs.producerId())
                    .isEqualTo(RecordBatch.producerId(buf, AT))
                    .isEqualTo(77);
            assertThat(theirs.producerEpoch()).isEqualTo(RecordBatch.producerEpoch(buf, AT));
            assertThat(theirs.baseSequence()).isEqualTo(RecordBatch.baseSequence(buf, AT));
            assertThat(theirs.lastSequence())
                    .isEqualTo(RecordBatch.lastSequence(buf, AT))
                    .isZero();
            assertThat(theirs.countOrNull())
                    .isEqualTo(RecordBatch.recordCount(buf, AT))
                    .isEqualTo(2);
            assertThat(theirs.isTransactional())
                    .isEqualTo(RecordBatch.isTransactional(buf, AT))
                    .isTrue();
            assertThat(theirs.isControlBatch())
                    .isEqualTo(RecordBatch.isControl(buf, AT))
                    .isFalse();
            assertThat(theirs.sizeInBytes()).isEqualTo(RecordBatch.length(buf, AT));
            buf.release();
        }
    }

    @Test
    void maxTimestampCanGoBackToTheProducersTime() {
        ByteBuf buf = batch();
        RecordBatch.setLogAppendTime(buf, AT, 5_000);

        RecordBatch.setMaxTimestamp(buf, AT, TimestampType.CREATE_TIME, 42);

        assertThat(RecordBatch.timestampType(buf, AT)).isEqualTo(TimestampType.CREATE_TIME);
        assertThat(RecordBatch.maxTimestamp(buf, AT)).isEqualTo(42);
        assertThat(RecordBatch.isTransactional(buf, AT)).isTrue();
        assertThat(RecordBatch.check(buf, AT, buf.writerIndex())).isEqualTo(RecordBatch.Integrity.VALID);
        buf.release();
    }

    @Test
    void saysWhatIsWrongWithBytes() {
        ByteBuf buf = batch();
        int end = buf.writerIndex();

        assertThat(RecordBatch.check(buf, AT, AT)).isEqualTo(RecordBatch.Integrity.INCOMPLETE);
        assertThat(RecordBatch.check(buf, AT, AT + 16)).isEqualTo(RecordBatch.Integrity.INCOMPLETE);
        assertThat(RecordBatch.check(buf, AT, end - 1)).isEqualTo(RecordBatch.Integrity.INCOMPLETE);
        buf.setByte(end - 1, buf.getByte(end - 1) ^ 1);
        assertThat(RecordBatch.check(buf, AT, end)).isEqualTo(RecordBatch.Integrity.BAD_CRC);
        for (int length : new int[] {0, -1, 48, Integer.MAX_VALUE - 11, Integer.MIN_VALUE}) {
            buf.setInt(AT + RecordBatch.BATCH_LENGTH_AT, length);
            assertThat(RecordBatch.check(buf, AT, end)).isEqualTo(RecordBatch.Integrity.BAD_LENGTH);
        }
        buf.setInt(AT + RecordBatch.BATCH_LENGTH_AT, Integer.MAX_VALUE - 12);
        assertThat(RecordBatch.check(buf, AT, end)).isEqualTo(RecordBatch.Integrity.INCOMPLETE);
        buf.setByte(AT + RecordBatch.MAGIC_AT, 1);
        assertThat(RecordBatch.check(buf, AT, end)).isEqualTo(RecordBatch.Integrity.BAD_MAGIC);
        buf.release();
    }

    @Test
    void sequencesWrapToZeroBehindTheLargest() {
        assertThat(RecordBatch.sequenceAfter(Integer.MAX_VALUE, 1)).isZero();
        assertThat(RecordBatch.sequenceAfter(Integer.MAX_VALUE - 1, 3)).isEqualTo(1);
        assertThat(RecordBatch.sequenceAfter(5, 3)).isEqualTo(8);
    }

    private static ByteBuf batch() {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            builder.producer(77, (short) 3, Integer.MAX_VALUE).transactional();
            builder.append(1_000, new byte[] {1}, new byte[300]).append(900, null, new byte[] {2});
            ByteBuf built = builder.build();
            ByteBuf shifted = Unpooled.buffer().writeZero(AT).writeBytes(built);
            built.release();
            return shifted;
        }
    }

    private static List<ByteBuf> everyKindOf(ByteBuf batch) {
        ByteBufAllocator pooled = ByteBufAllocator.DEFAULT;
        ByteBuf composite = pooled.compositeBuffer();
        ByteBuf head = batch.copy(0, AT + 40);
        ByteBuf tail = batch.copy(AT + 40, batch.readableBytes() - AT - 40);
        composite = ((io.netty.buffer.CompositeByteBuf) composite).addComponents(true, head, tail);
        return Stream.of(pooled.directBuffer().writeBytes(batch, 0, batch.readableBytes()), composite, batch)
                .toList();
    }

    private static DefaultRecordBatch theirs(ByteBuf buf) {
        byte[] bytes = new byte[buf.writerIndex() - AT];
        buf.getBytes(AT, bytes);
        return (DefaultRecordBatch) MemoryRecords.readableRecords(java.nio.ByteBuffer.wrap(bytes))
                .batches()
                .iterator()
                .next();
    }
}
