package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.BitSet;

/**
 * Takes records out of a batch, as compaction does. What stays keeps its offset, time, key, value and headers, and the batch
 * keeps its offsets, leader epoch, producer and sequences: a producer's next batch still continues it. Takes as long as the
 * codecs take. Not for control batches, which mean something as a whole.
 */
public final class BatchFilter {

    private BatchFilter() {}

    /**
     * A batch with some of the records of another, which is neither changed nor released; the caller owns the result.
     *
     * @param kept by their position in the batch, from 0; at least one
     * @param deleteHorizonMs the time from which compaction may drop the deletions among them (KIP-534), or {@link
     *     RecordBatch#NO_TIMESTAMP} to leave that as it is. It takes the place of the base timestamp
     * @param level of the batch's own codec
     * @throws InvalidRecordsException if the records cannot be read or have more than {@code maxUnpackedBytes}
     */
    public static ByteBuf retain(
            ByteBufAllocator allocator,
            ByteBuf batch,
            int index,
            BitSet kept,
            long deleteHorizonMs,
            int level,
            long maxUnpackedBytes) {
        Compression codec = RecordBatch.codec(batch, index);
        if (codec == null) {
            throw new InvalidRecordsException("unknown codec in attributes " + RecordBatch.attributes(batch, index));
        }
        boolean setsHorizon = deleteHorizonMs != RecordBatch.NO_TIMESTAMP;
        long baseTimestampMs = setsHorizon ? deleteHorizonMs : RecordBatch.baseTimestamp(batch, index);
        ByteBuf result = allocator.buffer(RecordBatch.length(batch, index));
        try {
            result.writeBytes(batch, index, RecordBatch.HEADER_SIZE);
            long maxTimestampMs = RecordBatch.NO_TIMESTAMP;
            try (OutputStream out = codec.compress(new ByteBufOutputStream(result), level);
                    RecordReader records = RecordReader.open(batch, index, maxUnpackedBytes)) {
                while (records.next()) {
                    if (kept.get(records.indexInBatch())) {
                        records.writeTo(out, baseTimestampMs);
                        maxTimestampMs = Math.max(maxTimestampMs, records.timestampMs());
                    }
                }
            }
            int attributes = RecordBatch.attributes(batch, index);
            result.setShort(
                    RecordBatch.ATTRIBUTES_AT, setsHorizon ? attributes | RecordBatch.DELETE_HORIZON_BIT : attributes);
            result.setLong(RecordBatch.BASE_TIMESTAMP_AT, baseTimestampMs);
            result.setLong(RecordBatch.MAX_TIMESTAMP_AT, maxTimestampMs);
            finish(result, kept.cardinality());
            return result.retain();
        } catch (IOException e) {
            throw new InvalidRecordsException("compressed records are broken: " + e.getMessage(), e);
        } finally {
            result.release();
        }
    }

    /** The batch without any of its records, which still says what the last sequence of its producer was. */
    public static ByteBuf empty(ByteBufAllocator allocator, ByteBuf batch, int index) {
        ByteBuf result = allocator.buffer(RecordBatch.HEADER_SIZE, RecordBatch.HEADER_SIZE);
        result.writeBytes(batch, index, RecordBatch.HEADER_SIZE);
        int unpacked = RecordBatch.attributes(batch, index) & ~RecordBatch.CODEC_MASK & ~RecordBatch.DELETE_HORIZON_BIT;
        result.setShort(RecordBatch.ATTRIBUTES_AT, unpacked);
        result.setLong(RecordBatch.BASE_TIMESTAMP_AT, RecordBatch.NO_TIMESTAMP);
        finish(result, 0);
        return result;
    }

    /** A batch of one offset without a record and without a producer: a log goes on behind it. */
    public static ByteBuf placeholder(ByteBufAllocator allocator, long offset, int leaderEpoch, long timestampMs) {
        ByteBuf result = allocator.buffer(RecordBatch.HEADER_SIZE, RecordBatch.HEADER_SIZE);
        result.writeZero(RecordBatch.HEADER_SIZE);
        result.setLong(RecordBatch.BASE_OFFSET_AT, offset);
        result.setInt(RecordBatch.LEADER_EPOCH_AT, leaderEpoch);
        result.setByte(RecordBatch.MAGIC_AT, RecordBatch.MAGIC);
        result.setLong(RecordBatch.BASE_TIMESTAMP_AT, RecordBatch.NO_TIMESTAMP);
        result.setLong(RecordBatch.MAX_TIMESTAMP_AT, timestampMs);
        result.setLong(RecordBatch.PRODUCER_ID_AT, RecordBatch.NO_PRODUCER_ID);
        result.setShort(RecordBatch.PRODUCER_EPOCH_AT, RecordBatch.NO_PRODUCER_EPOCH);
        result.setInt(RecordBatch.BASE_SEQUENCE_AT, RecordBatch.NO_SEQUENCE);
        finish(result, 0);
        return result;
    }

    private static void finish(ByteBuf batch, int recordCount) {
        batch.setInt(RecordBatch.BATCH_LENGTH_AT, batch.readableBytes() - RecordBatch.LENGTH_OVERHEAD);
        batch.setInt(RecordBatch.RECORD_COUNT_AT, recordCount);
        RecordBatch.updateCrc(batch, 0);
    }
}
