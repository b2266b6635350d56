package io.millrace.wire.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG.Bits;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.Snappy;

/** What kafka-clients writes, ours reads, and the reverse. */
class RecordBatchOracleTest {
    private static final long MAX_UNPACKED = 64 << 20;
    private static final int ROUNDS = 40;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void readsWhatKafkaWrites(Compression codec) {
        for (int round = 0; round < ROUNDS; round++) {
            long seed = RandomRecords.baseSeed() + round;
            List<Record> records = new RandomRecords(seed).dense(1 + round % 30, 1L << round);

            ByteBuf theirs = KafkaRecords.build(KafkaRecords.builder(codec, 1L << round), records);

            assertThat(read(theirs)).as("-Dseed=%d", seed).isEqualTo(records);
            assertThat(RecordBatch.check(theirs, 0, theirs.readableBytes())).isEqualTo(RecordBatch.Integrity.VALID);
            assertThat(RecordBatch.codec(theirs, 0)).isEqualTo(codec);
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void kafkaReadsWhatItWrites(Compression codec) {
        for (int round = 0; round < ROUNDS; round++) {
            long seed = RandomRecords.baseSeed() + round;
            List<Record> records = new RandomRecords(seed).dense(1 + round % 30, 1L << round);

            ByteBuf ours = build(codec, codec.defaultLevel(), records);

            assertThat(KafkaRecords.read(ours)).as("-Dseed=%d", seed).isEqualTo(records);
            assertThat(read(ours)).isEqualTo(records);
            ours.release();
        }
    }

    @Test
    void uncompressedBatchesAreEqualByteForByte() {
        for (int round = 0; round < ROUNDS; round++) {
            long seed = RandomRecords.baseSeed() + round;
            List<Record> records = new RandomRecords(seed).dense(1 + round, 1L << round);

            ByteBuf ours = build(Compression.NONE, 0, records);

            ByteBuf theirs = KafkaRecords.build(KafkaRecords.builder(Compression.NONE, 1L << round), records);
            assertThat(ByteBufUtil.equals(ours, theirs)).as("-Dseed=%d", seed).isTrue();
            ours.release();
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void levelsFromLowestToHighestAreReadable(Compression codec) {
        List<Record> records = new RandomRecords(RandomRecords.baseSeed()).dense(20, 0);
        for (int level : new int[] {codec.minLevel(), codec.defaultLevel(), codec.maxLevel()}) {
            ByteBuf ours = build(codec, level, records);
            assertThat(KafkaRecords.read(ours)).isEqualTo(records);
            ours.release();
        }
        assertThat(codec.acceptsLevel(codec.maxLevel() + 1)).isFalse();
        assertThat(Compression.forName(codec.configName())).isEqualTo(codec);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void packsAgainWithEveryOtherCodec(Compression source) {
        List<Record> records = new RandomRecords(RandomRecords.baseSeed()).dense(25, 400);
        ByteBuf theirs = KafkaRecords.build(KafkaRecords.builder(source, 400), records);
        for (Compression target : Compression.values()) {
            ByteBuf packed = Recompressor.recompress(
                    UnpooledByteBufAllocator.DEFAULT, theirs, 0, target, target.defaultLevel(), MAX_UNPACKED);

            assertThat(KafkaRecords.read(packed)).isEqualTo(records);
            assertThat(RecordBatch.codec(packed, 0)).isEqualTo(target);
            assertThat(RecordBatch.length(packed, 0)).isEqualTo(packed.readableBytes());
            assertThat(RecordBatch.producerId(packed, 0)).isEqualTo(4711);
            assertThat(RecordBatch.lastSequence(packed, 0)).isEqualTo(RecordBatch.lastSequence(theirs, 0));
            assertThat(RecordBatch.isTransactional(packed, 0)).isTrue();
            assertThat(RecordBatch.maxTimestamp(packed, 0)).isEqualTo(RecordBatch.maxTimestamp(theirs, 0));
            packed.release();
        }
    }

    @Test
    void logAppendTimeIsTheTimeOfEveryRecord() {
        ByteBuf ours = build(Compression.LZ4, 9, new RandomRecords(RandomRecords.baseSeed()).dense(5, 0));

        RecordBatch.setLogAppendTime(ours, 0, 777);

        assertThat(read(ours)).extracting(Record::timestampMs).containsOnly(777L);
        assertThat(KafkaRecords.read(ours)).isEqualTo(read(ours));
        ours.release();
    }

    @Test
    void readsControlBatches() {
        MemoryRecords theirs = MemoryRecords.withEndTransactionMarker(
                50, 1234, 3, 4711, (short) 2, new EndTransactionMarker(ControlRecordType.COMMIT, 7));
        ByteBuf marker = Unpooled.wrappedBuffer(theirs.buffer());

        assertThat(RecordBatch.isControl(marker, 0)).isTrue();
        assertThat(RecordBatch.isTransactional(marker, 0)).isTrue();
        assertThat(RecordBatch.lastSequence(marker, 0)).isEqualTo(RecordBatch.NO_SEQUENCE);
        assertThat(read(marker)).isEqualTo(KafkaRecords.read(marker));
    }

    @Test
    void writesControlBatchesAsKafkaDoes() {
        byte[] key = {0, 0, 0, 1};
        byte[] value = {0, 0, 0, 0, 0, 7};
        try (RecordBatchBuilder builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            ByteBuf ours = builder.baseOffset(50)
                    .leaderEpoch(3)
                    .producer(4711, (short) 2, RecordBatch.NO_SEQUENCE)
                    .transactional()
                    .control()
                    .append(1234, key, value)
                    .build();

            MemoryRecords theirs = MemoryRecords.withEndTransactionMarker(
                    50, 1234, 3, 4711, (short) 2, new EndTransactionMarker(ControlRecordType.COMMIT, 7));
            assertThat(ByteBufUtil.hexDump(ours))
                    .isEqualTo(ByteBufUtil.hexDump(Unpooled.wrappedBuffer(theirs.buffer())));
            ours.release();
        }
    }

    @Test
    void readsOneRawSnappyBlockAndConcatenatedStreamsOfBlocks() throws IOException {
        List<Record> records = new RandomRecords(RandomRecords.baseSeed()).dense(30, 0);
        ByteBuf plain = build(Compression.NONE, 0, records);
        byte[] body = ByteBufUtil.getBytes(plain, RecordBatch.HEADER_SIZE, plain.readableBytes() - 61);
        ByteArrayOutputStream twoStreams = new ByteArrayOutputStream();
        for (int half = 0; half < 2; half++) {
            int from = half * (body.length / 2);
            int to = half == 0 ? body.length / 2 : body.length;
            try (OutputStream out = Compression.SNAPPY.compress(new Unclosed(twoStreams), 0)) {
                out.write(body, from, to - from);
            }
        }

        assertThat(read(withBody(plain, Compression.SNAPPY, Snappy.compress(body))))
                .isEqualTo(records);
        assertThat(read(withBody(plain, Compression.SNAPPY, twoStreams.toByteArray())))
                .isEqualTo(records);
        plain.release();
    }

    @Test
    void readsLz4FramesWithEveryOptionThatIsNotDependent() throws IOException {
        List<Record> records = new RandomRecords(RandomRecords.baseSeed()).dense(30, 0);
        ByteBuf plain = build(Compression.NONE, 0, records);
        byte[] body = ByteBufUtil.getBytes(plain, RecordBatch.HEADER_SIZE, plain.readableBytes() - 61);
        for (BLOCKSIZE size : BLOCKSIZE.values()) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            try (OutputStream out = new LZ4FrameOutputStream(
                    frame,
                    size,
                    body.length,
                    Bits.BLOCK_INDEPENDENCE,
                    Bits.BLOCK_CHECKSUM,
                    Bits.CONTENT_CHECKSUM,
                    Bits.CONTENT_SIZE)) {
                new ByteArrayInputStream(body).transferTo(out);
            }
            assertThat(read(withBody(plain, Compression.LZ4, frame.toByteArray())))
                    .isEqualTo(records);
        }
        plain.release();
    }

    @ParameterizedTest
    @EnumSource(value = Compression.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBatchThatUnpacksToMoreThanTheLimitIsRefused(Compression codec) {
        ByteBuf small;
        try (RecordBatchBuilder builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            small = builder.compression(codec)
                    .append(1, null, new byte[8 << 20])
                    .build();
        }

        assertThat(small.readableBytes()).isLessThan(1 << 20);
        assertThatThrownBy(() -> read(small, 1 << 20))
                .isInstanceOf(InvalidRecordsException.class)
                .hasMessageContaining("limit");
        assertThatThrownBy(() -> Recompressor.recompress(
                        UnpooledByteBufAllocator.DEFAULT, small, 0, Compression.NONE, 0, 1 << 20))
                .isInstanceOf(InvalidRecordsException.class)
                .hasMessageContaining("limit");
        assertThat(read(small, 9 << 20)).hasSize(1);
        small.release();
    }

    private static ByteBuf build(Compression codec, int level, List<Record> records) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            builder.compression(codec, level)
                    .baseOffset(records.get(0).offset())
                    .leaderEpoch(5);
            builder.producer(4711, (short) 2, 9).transactional();
            records.forEach(builder::append);
            return builder.build();
        }
    }

    private static ByteBuf withBody(ByteBuf plain, Compression codec, byte[] body) {
        ByteBuf batch =
                Unpooled.buffer().writeBytes(plain, 0, RecordBatch.HEADER_SIZE).writeBytes(body);
        batch.setInt(RecordBatch.BATCH_LENGTH_AT, batch.readableBytes() - RecordBatch.LENGTH_OVERHEAD);
        batch.setShort(RecordBatch.ATTRIBUTES_AT, RecordBatch.attributes(plain, 0) | codec.id());
        RecordBatch.updateCrc(batch, 0);
        return batch;
    }

    private static List<Record> read(ByteBuf batch) {
        return read(batch, MAX_UNPACKED);
    }

    private static List<Record> read(ByteBuf batch, long maxUnpacked) {
        List<Record> records = new ArrayList<>();
        try (RecordReader reader = RecordReader.open(batch, 0, maxUnpacked)) {
            while (reader.next()) {
                records.add(reader.record());
            }
        }
        return records;
    }

    /** Lets a codec close its stream while another follows. */
    private static final class Unclosed extends java.io.FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void close() {}
    }
}
