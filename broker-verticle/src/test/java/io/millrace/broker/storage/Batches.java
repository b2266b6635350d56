package io.millrace.broker.storage;

import io.millrace.wire.record.Compression;
import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Record batches for tests: on the heap, so that nobody has to release them. */
public final class Batches {

    private static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);

    private Batches() {}

    /** A batch of these values without a producer, all with one timestamp. */
    public static ByteBuf of(long timestampMs, String... values) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
            return onHeap(fill(builder, timestampMs, values));
        }
    }

    /** One batch of a record for each timestamp. */
    public static ByteBuf timed(long... timestampsMs) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
            for (long timestampMs : timestampsMs) {
                builder.append(timestampMs, null, new byte[0]);
            }
            return onHeap(builder.build());
        }
    }

    public static ByteBuf compressed(Compression codec, long timestampMs, String... values) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
            return onHeap(fill(builder.compression(codec), timestampMs, values));
        }
    }

    /** A batch of an idempotent producer. */
    public static ByteBuf idempotent(long producerId, int epoch, int sequence, long timestampMs, String... values) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
            return onHeap(fill(builder.producer(producerId, (short) epoch, sequence), timestampMs, values));
        }
    }

    /** A batch within a transaction. */
    public static ByteBuf transactional(long producerId, int epoch, int sequence, String... values) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
            builder.producer(producerId, (short) epoch, sequence).transactional();
            return onHeap(fill(builder, 1, values));
        }
    }

    /** The control batch that commits or aborts a transaction. */
    public static ByteBuf marker(long producerId, int epoch, boolean commits, int coordinatorEpoch) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
            builder.producer(producerId, (short) epoch, -1).transactional().control();
            byte[] key = {0, 0, 0, (byte) (commits ? 1 : 0)};
            byte[] value =
                    Unpooled.buffer().writeShort(0).writeInt(coordinatorEpoch).array();
            builder.append(1, key, Arrays.copyOf(value, 6));
            return onHeap(builder.build());
        }
    }

    /** A batch of keyed records without a producer: {@code "key=value"}, or {@code "key"} for a deletion. */
    public static ByteBuf keyed(long timestampMs, String... records) {
        return keyed(Compression.NONE, timestampMs, records);
    }

    public static ByteBuf keyed(Compression codec, long timestampMs, String... records) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
            return onHeap(fillKeyed(builder.compression(codec), timestampMs, records));
        }
    }

    /** The same of an idempotent producer. */
    public static ByteBuf keyed(long producerId, int sequence, long timestampMs, String... records) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
            return onHeap(fillKeyed(builder.producer(producerId, (short) 0, sequence), timestampMs, records));
        }
    }

    /** The same within a transaction. */
    public static ByteBuf keyedTransactional(long producerId, int sequence, String... records) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
            builder.producer(producerId, (short) 0, sequence).transactional();
            return onHeap(fillKeyed(builder, 1, records));
        }
    }

    private static ByteBuf fillKeyed(RecordBatchBuilder builder, long timestampMs, String... records) {
        for (String record : records) {
            int equals = record.indexOf('=');
            String key = equals < 0 ? record : record.substring(0, equals);
            byte[] value = equals < 0 ? null : record.substring(equals + 1).getBytes(StandardCharsets.UTF_8);
            builder.append(timestampMs, key.getBytes(StandardCharsets.UTF_8), value);
        }
        return builder.build();
    }

    private static ByteBuf fill(RecordBatchBuilder builder, long timestampMs, String... values) {
        for (String value : values) {
            builder.append(timestampMs, null, value.getBytes(StandardCharsets.UTF_8));
        }
        return builder.build();
    }

    private static ByteBuf onHeap(ByteBuf built) {
        byte[] bytes = new byte[built.readableBytes()];
        built.readBytes(bytes);
        built.release();
        return Unpooled.wrappedBuffer(bytes);
    }
}
