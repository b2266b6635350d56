package io.millrace.wire.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.BatchValidator.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchValidatorTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long HOUR = 3_600_000;
    private static final Limits LIMITS = new Limits(1_048_588, TimestampType.CREATE_TIME, Long.MAX_VALUE, HOUR, false);
    private static final long MAX_UNPACKED = 1 << 20;
    private static final short LATEST = 13;

    /** For batches that nobody takes over: the collector may have them. */
    private static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);

    @ParameterizedTest
    @EnumSource(Compression.class)
    void takesWhatAnOrdinaryProducerSends(Compression codec) {
        BatchVerdict verdict = validate(batch(b -> b.compression(codec)));

        assertThat(verdict.isGood()).isTrue();
        assertThat(verdict.maxTimestampMs()).isEqualTo(NOW);
    }

    @Test
    void looksOnlyAtTheReadableBytes() {
        ByteBuf shifted =
                Unpooled.buffer().writeZero(5).writeBytes(batch(b -> b)).skipBytes(5);

        assertThat(validate(shifted).isGood()).isTrue();
        assertThat(shifted.readerIndex()).isEqualTo(5);
    }

    @Test
    void wantsExactlyOneWholeBatch() {
        ByteBuf one = batch(b -> b);

        assertBad(Unpooled.EMPTY_BUFFER, ErrorCode.INVALID_RECORD, "no record batch");
        assertBad(one.slice(0, 16), ErrorCode.INVALID_RECORD, "longer than the bytes");
        assertBad(one.slice(0, one.readableBytes() - 1), ErrorCode.INVALID_RECORD, "longer than the bytes");
        assertBad(Unpooled.wrappedBuffer(one, one), ErrorCode.INVALID_RECORD, "more than one");
        assertBad(
                Unpooled.wrappedBuffer(one, Unpooled.wrappedBuffer(new byte[1])),
                ErrorCode.INVALID_RECORD,
                "more than one");
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 1, 3, -1})
    void refusesOtherFormats(byte magic) {
        assertBad(patched(b -> b.setByte(RecordBatch.MAGIC_AT, magic)), ErrorCode.INVALID_RECORD, "magic " + magic);
    }

    @Test
    void refusesDamage() {
        ByteBuf flipped = batch(b -> b);
        flipped.setByte(70, flipped.getByte(70) ^ 4);

        assertBad(flipped, ErrorCode.CORRUPT_MESSAGE, "checksum");
        assertBad(patched(b -> b.setInt(RecordBatch.BATCH_LENGTH_AT, 10)), ErrorCode.CORRUPT_MESSAGE, "length");
    }

    @Test
    void theSizeLimitIsTheLastSizeThatPasses() {
        ByteBuf batch = batch(b -> b);
        Limits fits = new Limits(batch.readableBytes(), TimestampType.CREATE_TIME, HOUR, HOUR, false);
        Limits tooSmall = new Limits(batch.readableBytes() - 1, TimestampType.CREATE_TIME, HOUR, HOUR, false);

        assertThat(BatchValidator.validate(batch, fits, LATEST, NOW).isGood()).isTrue();
        assertThat(BatchValidator.validate(batch, tooSmall, LATEST, NOW).error())
                .isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
    }

    @Test
    void countAndLastOffsetMustAgreeAndNotBeEmpty() {
        assertBad(crc(b -> b.setInt(RecordBatch.RECORD_COUNT_AT, 1)), ErrorCode.INVALID_RECORD, "counts 1");
        assertBad(crc(b -> b.setInt(RecordBatch.LAST_OFFSET_DELTA_AT, 5)), ErrorCode.INVALID_RECORD, "delta 5");
        ByteBuf none = crc(b -> b.setInt(RecordBatch.RECORD_COUNT_AT, 0).setInt(RecordBatch.LAST_OFFSET_DELTA_AT, -1));
        assertBad(none, ErrorCode.INVALID_RECORD, "counts 0");
        ByteBuf negative =
                crc(b -> b.setInt(RecordBatch.RECORD_COUNT_AT, -4).setInt(RecordBatch.LAST_OFFSET_DELTA_AT, -5));
        assertBad(negative, ErrorCode.INVALID_RECORD, "counts -4");
    }

    @Test
    void refusesWhatOnlyBrokersWrite() {
        assertBad(batch(RecordBatchBuilder::control), ErrorCode.INVALID_RECORD, "control");
        assertBad(batch(b -> b.logAppendTime(NOW)), ErrorCode.INVALID_TIMESTAMP, "LogAppendTime");
        assertBad(crc(b -> b.setShort(RecordBatch.ATTRIBUTES_AT, 0x40)), ErrorCode.INVALID_RECORD, "delete horizon");
    }

    @Test
    void codecsMustBeKnownAndZstdNeedsVersionSeven() {
        ByteBuf zstd = batch(b -> b.compression(Compression.ZSTD));

        assertThat(BatchValidator.validate(zstd, LIMITS, (short) 6, NOW).error())
                .isEqualTo(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
        assertThat(BatchValidator.validate(zstd, LIMITS, (short) 7, NOW).isGood())
                .isTrue();
        for (int codec = 5; codec <= 7; codec++) {
            short attributes = (short) codec;
            assertBad(
                    crc(b -> b.setShort(RecordBatch.ATTRIBUTES_AT, attributes)),
                    ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
                    "codec " + codec);
        }
    }

    @Test
    void producerFieldsMustFitTogether() {
        assertThat(validate(batch(b -> b.producer(0, (short) 0, 0).transactional()))
                        .isGood())
                .isTrue();
        assertBad(batch(b -> b.producer(1, (short) 0, -1)), ErrorCode.INVALID_RECORD, "sequence number -1");
        assertBad(batch(b -> b.producer(1, (short) -1, 0)), ErrorCode.INVALID_RECORD, "epoch -1");
        assertBad(batch(b -> b.producer(-2, (short) 0, 0)), ErrorCode.INVALID_RECORD, "producer id -2");
        assertBad(batch(RecordBatchBuilder::transactional), ErrorCode.INVALID_RECORD, "without a producer id");
    }

    @Test
    void timestampsMustBeWithinTheTopicsRange() {
        Limits narrow = new Limits(1000, TimestampType.CREATE_TIME, HOUR, HOUR, false);
        for (long edge : new long[] {NOW - HOUR, NOW + HOUR, RecordBatch.NO_TIMESTAMP}) {
            assertThat(verdict(at(edge), narrow).isGood()).isTrue();
        }
        for (long beyond : new long[] {NOW - HOUR - 1, NOW + HOUR + 1, 0, -2, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThat(verdict(at(beyond), narrow).error()).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
        }
        assertThat(verdict(at(Long.MIN_VALUE), LIMITS).isGood()).isTrue();
        Limits brokersTime = new Limits(1000, TimestampType.LOG_APPEND_TIME, HOUR, HOUR, false);
        assertThat(verdict(at(0), brokersTime).isGood()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void recordsWithoutAKeyAreNamedOnACompactedTopic(Compression codec) {
        Limits compacted = new Limits(100_000, TimestampType.CREATE_TIME, HOUR, HOUR, true);
        ByteBuf batch = batch(b -> b.compression(codec));

        BatchVerdict verdict = BatchValidator.validateRecords(batch, compacted, NOW, MAX_UNPACKED);

        assertThat(verdict.error()).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(verdict.recordErrors()).extracting(RecordError::indexInBatch).containsExactly(1);
        assertThat(BatchValidator.validateRecords(batch, LIMITS, NOW, MAX_UNPACKED)
                        .isGood())
                .isTrue();
    }

    @Test
    void singleRecordsOutOfRangeAreNamed() {
        ByteBuf batch = batch(b -> b.append(NOW + 2 * HOUR, null, null));
        Limits narrow = new Limits(1000, TimestampType.CREATE_TIME, HOUR, HOUR, false);

        BatchVerdict verdict = BatchValidator.validateRecords(batch, narrow, NOW, MAX_UNPACKED);

        assertThat(verdict.error()).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
        assertThat(verdict.recordErrors()).extracting(RecordError::indexInBatch).containsExactly(0);
    }

    @Test
    void theTrueMaxTimestampIsFoundWhateverTheHeaderSays() {
        ByteBuf careless = crc(b -> b.setLong(RecordBatch.MAX_TIMESTAMP_AT, 5));

        BatchVerdict verdict = BatchValidator.validateRecords(careless, LIMITS, NOW, MAX_UNPACKED);

        assertThat(verdict.maxTimestampMs()).isEqualTo(NOW);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void aWrongCountOrWrongOffsetsInsideAreFound(Compression codec) {
        ByteBuf more =
                crc(codec, b -> b.setInt(RecordBatch.RECORD_COUNT_AT, 3).setInt(RecordBatch.LAST_OFFSET_DELTA_AT, 2));
        ByteBuf fewer =
                crc(codec, b -> b.setInt(RecordBatch.RECORD_COUNT_AT, 1).setInt(RecordBatch.LAST_OFFSET_DELTA_AT, 0));
        ByteBuf gaps;
        try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
            gaps = builder.compression(codec)
                    .append(new Record(3, NOW, null, null, List.of()))
                    .build();
        }
        for (ByteBuf bad : new ByteBuf[] {more, fewer, gaps}) {
            BatchVerdict verdict = BatchValidator.validateRecords(bad, LIMITS, NOW, MAX_UNPACKED);
            assertThat(verdict.error()).isEqualTo(ErrorCode.INVALID_RECORD);
        }
    }

    private static BatchVerdict validate(ByteBuf records) {
        return BatchValidator.validate(records, LIMITS, LATEST, NOW);
    }

    private static BatchVerdict verdict(ByteBuf records, Limits limits) {
        BatchVerdict shallow = BatchValidator.validate(records, limits, LATEST, NOW);
        BatchVerdict deep = BatchValidator.validateRecords(records, limits, NOW, MAX_UNPACKED);
        assertThat(deep.error()).isEqualTo(shallow.error());
        return shallow;
    }

    private static void assertBad(ByteBuf records, ErrorCode error, String message) {
        BatchVerdict verdict = validate(records);
        assertThat(verdict.error()).isEqualTo(error);
        assertThat(verdict.message()).contains(message);
    }

    /** Two records: one with a key at NOW, then one without, older. */
    private static ByteBuf batch(UnaryOperator<RecordBatchBuilder> settings) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
            return settings.apply(builder)
                    .append(NOW, new byte[] {1}, new byte[20])
                    .append(NOW - 5, null, new byte[20])
                    .build();
        }
    }

    private static ByteBuf at(long timestampMs) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
            ByteBuf batch = builder.append(timestampMs, null, null).build();
            batch.setLong(RecordBatch.MAX_TIMESTAMP_AT, timestampMs);
            RecordBatch.updateCrc(batch, 0);
            return batch;
        }
    }

    private static ByteBuf patched(Consumer<ByteBuf> patch) {
        ByteBuf batch = batch(b -> b);
        patch.accept(batch);
        return batch;
    }

    /** A batch with a patched header and a checksum that fits it. */
    private static ByteBuf crc(Consumer<ByteBuf> patch) {
        return crc(Compression.NONE, patch);
    }

    private static ByteBuf crc(Compression codec, Consumer<ByteBuf> patch) {
        ByteBuf batch = batch(b -> b.compression(codec));
        patch.accept(batch);
        RecordBatch.updateCrc(batch, 0);
        return batch;
    }
}
