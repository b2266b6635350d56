package io.millrace.broker.storage.compaction;

import io.millrace.broker.storage.LogConfig;
import io.millrace.wire.record.BatchFilter;
import io.millrace.wire.record.Compression;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.BitSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's rules for what a compaction keeps.
 *
 * <ul>
 *   <li>Of each key the newest record, and whatever is not older than the part that was looked at.
 *   <li>A deletion (no value) until its horizon: {@code delete.retention.ms} after the first compaction that found it the newest
 *       of its key. The horizon is written into its batch then. Readers that began before have seen it until then.
 *   <li>Control batches whole, and deletions within transactions: nobody knows here what was committed.
 *   <li>The newest batch of a producer, be it empty: it has the sequence that the next one must continue.
 * </ul>
 *
 * One thread, but for the values.
 */
public final class Survivors {

    /** Memory outside the heap is for the records of clients. */
    static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);

    private final KeyOffsets keys;
    private final long endOffset;
    private final Map<Long, Long> producerOffsets;
    private final long nowMs;
    private final long deleteRetentionMs;
    private final Compression configured;
    private final int configuredLevel;

    private long recordsRead;
    private long recordsKept;
    private long recordsWithoutKey;

    /**
     * @param keys of all records from where the last compaction ended up to endOffset
     * @param producerOffsets last offset of the newest batch of each producer that is remembered, by id
     * @param compressionType of the topic, which the level is for; other codecs are used with their default level
     */
    public Survivors(
            KeyOffsets keys,
            long endOffset,
            Map<Long, Long> producerOffsets,
            long nowMs,
            long deleteRetentionMs,
            String compressionType,
            int compressionLevel) {
        this.keys = keys;
        this.endOffset = endOffset;
        this.producerOffsets = producerOffsets;
        this.nowMs = nowMs;
        this.deleteRetentionMs = deleteRetentionMs;
        Compression codec = Compression.forName(compressionType);
        this.configured = codec == null ? Compression.NONE : codec;
        this.configuredLevel = compressionLevel;
    }

    /** Records that were looked at. */
    public long recordsRead() {
        return recordsRead;
    }

    /** Records that stay, of those. */
    public long recordsKept() {
        return recordsKept;
    }

    /** Records that went because they have no key: a topic that is compacted from the start takes none. */
    public long recordsWithoutKey() {
        return recordsWithoutKey;
    }

    /**
     * What stays of a batch.
     *
     * @param growthMax bytes by which it may grow: a horizon takes more than the time that it replaces
     * @return the batch itself, or a new one that the caller releases; null when nothing stays
     * @throws io.millrace.wire.record.InvalidRecordsException when the records cannot be read
     */
    public @Nullable ByteBuf of(ByteBuf batch, int growthMax) {
        int count = RecordBatch.recordCount(batch, 0);
        if (RecordBatch.isControl(batch, 0) || RecordBatch.baseOffset(batch, 0) >= endOffset) {
            recordsRead += count;
            recordsKept += count;
            return batch;
        }
        BitSet kept = new BitSet();
        boolean keepsDeletions = findKept(batch, kept);
        recordsRead += count;
        recordsKept += kept.cardinality();
        if (kept.isEmpty()) {
            return isNewestOfProducer(batch) ? empty(batch) : null;
        }
        boolean needsHorizon = keepsDeletions && mayHaveHorizon(batch) && !RecordBatch.hasDeleteHorizon(batch, 0);
        if (kept.cardinality() == count && !needsHorizon) {
            return batch;
        }
        long horizonMs = needsHorizon ? horizonMs() : RecordBatch.NO_TIMESTAMP;
        ByteBuf rest = retain(batch, kept, horizonMs);
        if (rest.readableBytes() - batch.readableBytes() > growthMax) {
            rest.release();
            return batch;
        }
        return rest;
    }

    /** Whether deletions are among those that stay. */
    private boolean findKept(ByteBuf batch, BitSet kept) {
        boolean dropsDeletions = !RecordBatch.isTransactional(batch, 0)
                && RecordBatch.hasDeleteHorizon(batch, 0)
                && RecordBatch.baseTimestamp(batch, 0) <= nowMs;
        boolean keepsDeletions = false;
        try (RecordReader records = RecordReader.open(batch, 0, LogConfig.UNPACKED_BYTES_MAX)) {
            while (records.next()) {
                if (isKept(records, dropsDeletions)) {
                    kept.set(records.indexInBatch());
                    keepsDeletions |= !records.hasValue();
                }
            }
        }
        return keepsDeletions;
    }

    private boolean isKept(RecordReader record, boolean dropsDeletions) {
        if (record.offset() >= endOffset) {
            return true;
        }
        ByteBuf key = record.key();
        if (key == null) {
            recordsWithoutKey++;
            return false;
        }
        return (record.hasValue() || !dropsDeletions) && record.offset() >= keys.newest(key);
    }

    /** Not if it ends behind what was looked at: older records of its keys may still be there when the horizon is over. */
    private boolean mayHaveHorizon(ByteBuf batch) {
        return !RecordBatch.isTransactional(batch, 0) && RecordBatch.lastOffset(batch, 0) < endOffset;
    }

    private long horizonMs() {
        long horizonMs = nowMs + deleteRetentionMs;
        return horizonMs < nowMs ? Long.MAX_VALUE : horizonMs;
    }

    private boolean isNewestOfProducer(ByteBuf batch) {
        long producerId = RecordBatch.producerId(batch, 0);
        Long newest = producerId == RecordBatch.NO_PRODUCER_ID ? null : producerOffsets.get(producerId);
        return newest != null && newest == RecordBatch.lastOffset(batch, 0);
    }

    private ByteBuf empty(ByteBuf batch) {
        return RecordBatch.recordCount(batch, 0) == 0 ? batch : BatchFilter.empty(HEAP, batch, 0);
    }

    private ByteBuf retain(ByteBuf batch, BitSet kept, long horizonMs) {
        Compression codec = RecordBatch.codec(batch, 0);
        int level = codec == null || codec == configured ? configuredLevel : codec.defaultLevel();
        return BatchFilter.retain(HEAP, batch, 0, kept, horizonMs, level, LogConfig.UNPACKED_BYTES_MAX);
    }
}
