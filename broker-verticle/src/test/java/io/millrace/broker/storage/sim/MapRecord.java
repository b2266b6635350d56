package io.millrace.broker.storage.sim;

import io.millrace.wire.record.Compression;
import io.millrace.wire.record.Header;
import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record of the map model as its producer made it.
 *
 * @param id of its own, which it carries in a header
 * @param value null for a deletion
 */
record MapRecord(long id, int key, @Nullable ByteBuf value, long timestampMs) {

    boolean isDeletion() {
        return value == null;
    }

    boolean hasValue(@Nullable ByteBuf other) {
        return Objects.equals(value, other);
    }

    /** @param producerId -1 for none */
    static SimBatch batch(List<MapRecord> records, Compression codec, long producerId, int baseSequence) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(SimBatch.HEAP)) {
            builder.compression(codec);
            if (producerId >= 0) {
                builder.producer(producerId, (short) 0, baseSequence);
            }
            for (MapRecord each : records) {
                builder.append(
                        each.timestampMs,
                        Unpooled.copyInt(each.key),
                        each.value,
                        List.of(new Header("id", Unpooled.copyLong(each.id))));
            }
            ByteBuf built = builder.build();
            ByteBuf bytes = Unpooled.copiedBuffer(built);
            built.release();
            return new SimBatch(records.get(0).id(), records.size(), producerId, baseSequence, bytes);
        }
    }

    @Override
    public String toString() {
        return "record " + id + " of key " + key + (isDeletion() ? ", a deletion" : "");
    }
}
