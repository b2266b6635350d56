package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/** The oracle: the same batches through kafka-clients. */
final class KafkaRecords {
    private KafkaRecords() {}

    static MemoryRecordsBuilder builder(io.millrace.wire.record.Compression codec, long baseOffset) {
        return new MemoryRecordsBuilder(
                ByteBuffer.allocate(1024),
                RecordBatch.CURRENT_MAGIC_VALUE,
                Compression.of(CompressionType.forId(codec.id())).build(),
                TimestampType.CREATE_TIME,
                baseOffset,
                RecordBatch.NO_TIMESTAMP,
                4711L,
                (short) 2,
                9,
                true,
                false,
                5,
                Integer.MAX_VALUE);
    }

    static ByteBuf build(MemoryRecordsBuilder builder, List<Record> records) {
        for (Record record : records) {
            builder.appendWithOffset(
                    record.offset(), record.timestampMs(), nio(record.key()), nio(record.value()), headers(record));
        }
        return Unpooled.wrappedBuffer(builder.build().buffer());
    }

    /** What kafka-clients reads from a batch, as our records. */
    static List<Record> read(ByteBuf batch) {
        List<Record> records = new ArrayList<>();
        MemoryRecords theirs = MemoryRecords.readableRecords(batch.nioBuffer());
        theirs.batches().forEach(RecordBatch::ensureValid);
        theirs.records().forEach(record -> {
            List<Header> headers = Arrays.stream(record.headers())
                    .map(header -> new Header(header.key(), wrap(header.value())))
                    .toList();
            records.add(
                    new Record(record.offset(), record.timestamp(), buf(record.key()), buf(record.value()), headers));
        });
        return records;
    }

    private static org.apache.kafka.common.header.Header[] headers(Record record) {
        return record.headers().stream()
                .map(header -> new RecordHeader(header.key(), array(header.value())))
                .toArray(org.apache.kafka.common.header.Header[]::new);
    }

    private static @Nullable ByteBuffer nio(@Nullable ByteBuf bytes) {
        return bytes == null ? null : bytes.nioBuffer();
    }

    private static byte @Nullable [] array(@Nullable ByteBuf bytes) {
        return bytes == null ? null : io.netty.buffer.ByteBufUtil.getBytes(bytes);
    }

    private static @Nullable ByteBuf wrap(byte @Nullable [] bytes) {
        return bytes == null ? null : Unpooled.wrappedBuffer(bytes);
    }

    private static @Nullable ByteBuf buf(@Nullable ByteBuffer bytes) {
        return bytes == null ? null : Unpooled.wrappedBuffer(bytes);
    }
}
