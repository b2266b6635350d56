package io.millrace.broker.group;

import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.GroupRecordCodec;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Packs the records of one decision into as few batches as the topic's {@code max.message.bytes} allows. One use. */
final class RecordPacker implements AutoCloseable {

    /** The most that the lengths, deltas and attributes of a record take beside its key and value. */
    private static final int RECORD_OVERHEAD = 32;

    private final ByteBufAllocator allocator;
    private final long nowMs;
    private final int batchBytesMax;
    private final List<ByteBuf> batches = new ArrayList<>(1);
    private @Nullable RecordBatchBuilder current;

    RecordPacker(ByteBufAllocator allocator, long nowMs, int batchBytesMax) {
        this.allocator = allocator;
        this.nowMs = nowMs;
        this.batchBytesMax = batchBytesMax;
    }

    /** One buffer with all batches, which the caller owns; null if one of the records is too large. */
    @Nullable
    ByteBuf pack(List<GroupRecord> records) {
        for (GroupRecord each : records) {
            byte[] key = GroupRecordCodec.key(each);
            byte[] value = GroupRecordCodec.value(each);
            int bytes = RECORD_OVERHEAD + key.length + (value == null ? 0 : value.length);
            if (RecordBatch.HEADER_SIZE + bytes > batchBytesMax) {
                return null;
            }
            builder(bytes).append(nowMs, key, value);
        }
        endBatch();
        return join();
    }

    private RecordBatchBuilder builder(int bytes) {
        if (current != null && current.sizeBytes() + bytes > batchBytesMax) {
            endBatch();
        }
        if (current == null) {
            current = new RecordBatchBuilder(allocator);
        }
        return current;
    }

    private void endBatch() {
        if (current != null) {
            batches.add(current.build());
            current = null;
        }
    }

    private ByteBuf join() {
        if (batches.size() == 1) {
            return batches.remove(0);
        }
        int bytes = batches.stream().mapToInt(ByteBuf::readableBytes).sum();
        ByteBuf joined = allocator.buffer(bytes, bytes);
        batches.forEach(joined::writeBytes);
        return joined;
    }

    /** Frees what was not handed over. */
    @Override
    public void close() {
        batches.forEach(ByteBuf::release);
        if (current != null) {
            current.close();
        }
    }
}
