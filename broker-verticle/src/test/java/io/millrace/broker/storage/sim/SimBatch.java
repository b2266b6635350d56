package io.millrace.broker.storage.sim;

import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * A batch as a producer made it, with a tag of its own in the first record's key.
 *
 * @param baseSequence -1 without a producer id
 */
record SimBatch(long tag, int recordCount, long producerId, int baseSequence, ByteBuf bytes) {

    static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false, true);
    private static final int KEY_BYTES = 8;

    static SimBatch create(
            SplittableRandom random, long tag, long producerId, short producerEpoch, int baseSequence, long nowMs) {
        int recordCount = random.nextInt(1, 5);
        try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
            if (producerId >= 0) {
                builder.producer(producerId, producerEpoch, baseSequence);
            }
            byte[] key = ByteBuffer.allocate(KEY_BYTES).putLong(tag).array();
            for (int i = 0; i < recordCount; i++) {
                byte[] value = new byte[valueBytes(random)];
                for (int at = 0; at < value.length; at += 7) {
                    value[at] = (byte) random.nextInt();
                }
                builder.append(nowMs, key, value);
            }
            ByteBuf built = builder.build();
            ByteBuf bytes = Unpooled.copiedBuffer(built);
            built.release();
            return new SimBatch(tag, recordCount, producerId, baseSequence, bytes);
        }
    }

    /** Of all its records. */
    long timestampMs() {
        return RecordBatch.maxTimestamp(bytes, 0);
    }

    /** Mostly small, sometimes larger than a page, seldom larger than a journal file. */
    private static int valueBytes(SplittableRandom random) {
        int dice = random.nextInt(200);
        if (dice == 0) {
            return random.nextInt(20_000, 40_000);
        }
        return dice < 20 ? random.nextInt(2_000, 9_000) : random.nextInt(0, 400);
    }

    /** A fresh buffer to submit. */
    ByteBuf toBuffer() {
        return Unpooled.copiedBuffer(bytes);
    }

    /** What must be on disk when the batch has this place. */
    byte[] storedAt(long baseOffset, int leaderEpoch) {
        ByteBuf stored = toBuffer();
        RecordBatch.setBaseOffset(stored, 0, baseOffset);
        RecordBatch.setLeaderEpoch(stored, 0, leaderEpoch);
        return ByteBufUtil.getBytes(stored);
    }

    /** The tag of a stored batch: behind the header come length, attributes, two deltas and the key's length. */
    static long tagOf(ByteBuf batch, int at) {
        int key = at + RecordBatch.HEADER_SIZE;
        while (batch.getByte(key) < 0) {
            key++;
        }
        // The length's last byte, attributes, timestamp delta 0, offset delta 0, key length 8: one byte each.
        return batch.getLong(key + 5);
    }
}
