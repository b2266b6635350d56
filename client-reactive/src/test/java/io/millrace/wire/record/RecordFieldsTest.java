package io.millrace.wire.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordFieldsTest {

    @Test
    void batchesAreTheSameAsFromRecords() {
        for (Compression codec : Compression.values()) {
            for (int seed = 0; seed < 30; seed++) {
                List<Record> records = new RandomRecords(RandomRecords.baseSeed() + seed).dense(20, 7);
                RecordBatchBuilder one = builder(codec);
                RecordBatchBuilder other = builder(codec);
                RecordFields fields = new RecordFields();
                for (Record each : records) {
                    one.append(each);
                    encode(each, fields);
                    int before = other.sizeBytes();
                    other.append(each.timestampMs(), fields);
                    if (codec == Compression.NONE) {
                        assertThat(other.sizeBytes() - before).isLessThanOrEqualTo(fields.sizeBytesMax());
                    }
                }
                ByteBuf expected = one.build();
                ByteBuf actual = other.seal().build();
                assertThat(actual).as("%s, seed %d", codec, seed).isEqualTo(expected);
                expected.release();
                actual.release();
            }
        }
    }

    @Test
    void aBatchMayBelongToAnotherProducer() {
        ByteBuf batch =
                builder(Compression.NONE).append(5, new byte[1], new byte[2]).build();
        RecordBatch.setProducer(batch, 0, 9, (short) 3, 12);
        assertThat(RecordBatch.check(batch, 0, batch.writerIndex())).isEqualTo(RecordBatch.Integrity.VALID);
        assertThat(RecordBatch.producerId(batch, 0)).isEqualTo(9);
        assertThat(RecordBatch.producerEpoch(batch, 0)).isEqualTo((short) 3);
        assertThat(RecordBatch.baseSequence(batch, 0)).isEqualTo(12);
        batch.release();
    }

    @Test
    void aSealedBatchTakesNoRecord() {
        RecordBatchBuilder builder = builder(Compression.GZIP);
        assertThatThrownBy(builder::seal).hasMessageContaining("needs a record");
        builder.append(5, new byte[1], new byte[2]).seal().seal();
        assertThatThrownBy(() -> builder.append(5, new RecordFields())).hasMessageContaining("behind its end");
        builder.close();
        builder.close();
    }

    @Test
    void nullIsNotEmpty() {
        RecordFields fields = new RecordFields();
        fields.endKey();
        assertThat(fields.hasKey()).isTrue();
        assertThat(fields.keySize()).isZero();
        fields.clear();
        assertThat(fields.hasKey()).isFalse();
    }

    @Test
    void aCodecThatMovesBackIsFoundOut() {
        RecordFields fields = new RecordFields();
        fields.bytes().writeLong(1);
        fields.endKey();
        fields.bytes().writerIndex(4);
        assertThatThrownBy(fields::endValue).hasMessageContaining("moved an index");
        fields.clear();
        fields.bytes().writeLong(1).readByte();
        assertThatThrownBy(fields::endKey).hasMessageContaining("moved an index");
    }

    @Test
    void memoryOfAHugeRecordIsNotKept() {
        RecordFields fields = new RecordFields();
        fields.bytes().writeZero(3 * 1024 * 1024);
        fields.clear();
        assertThat(fields.bytes().capacity()).isLessThan(10_000);
    }

    private static RecordBatchBuilder builder(Compression codec) {
        return new RecordBatchBuilder(ByteBufAllocator.DEFAULT, 100)
                .compression(codec)
                .baseOffset(7);
    }

    private static void encode(Record record, RecordFields fields) {
        fields.clear();
        if (record.key() != null) {
            fields.bytes().writeBytes(record.key().duplicate());
            fields.endKey();
        }
        if (record.value() != null) {
            fields.bytes().writeBytes(record.value().duplicate());
            fields.endValue();
        }
        for (Header each : record.headers()) {
            fields.header(each.key(), each.value() == null ? null : ByteBufUtil.getBytes(each.value()));
        }
    }
}
