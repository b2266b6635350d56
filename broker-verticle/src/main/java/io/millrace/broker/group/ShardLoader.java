package io.millrace.broker.group;

import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.GroupRecordCodec;
import io.millrace.broker.group.record.OffsetRecord;
import io.millrace.broker.group.shard.GroupShard;
import io.millrace.broker.storage.CorruptLogException;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.ReadResult;
import io.millrace.broker.storage.segment.SegmentRecords;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a partition of {@code __consumer_offsets} from its start, and applies every record that counts. On a worker thread; one
 * use.
 *
 * <p>A log from Kafka may hold offsets that were committed within transactions. Nobody here could end one that is open, so
 * what is in it does not count.
 */
final class ShardLoader {

    private static final Logger LOG = LoggerFactory.getLogger(ShardLoader.class);

    private static final int READ_BYTES = 1 << 20;

    /** In the key of a control record, behind its version: how a transaction ended. */
    private static final int MARKER_TYPE_AT = 2;

    private static final int MARKER_KEY_BYTES = 4;
    private static final short ABORT = 0;
    private static final short COMMIT = 1;

    private final PartitionLog log;
    private final long endOffset;
    private final GroupShard shard;
    private final Moment now;
    private final OpenTransactions transactions = new OpenTransactions();
    private long offset;
    private long applied;
    private long unknown;

    /** @param endOffset the first offset that does not count */
    ShardLoader(PartitionLog log, long endOffset, GroupShard shard, Moment now) {
        this.log = log;
        this.endOffset = endOffset;
        this.shard = shard;
        this.now = now;
    }

    /** @throws IOException if the log cannot be read, and so nobody knows how far the groups had come */
    void load() throws IOException {
        offset = log.logStartOffset();
        while (offset < endOffset) {
            ByteBuf bytes = read();
            try {
                applyBatches(bytes);
            } finally {
                bytes.release();
            }
        }
        if (unknown > 0) {
            LOG.warn(
                    "{}: {} records are of kinds that this version does not know; they are ignored", log.id(), unknown);
        }
        if (transactions.count() > 0) {
            LOG.warn(
                    "{}: {} transactions have no end; what was committed in them does not count",
                    log.id(),
                    transactions.count());
        }
        LOG.debug("{}: {} records make its groups", log.id(), applied);
    }

    private ByteBuf read() throws IOException {
        ReadResult result = log.read(offset, READ_BYTES, true);
        SegmentRecords records = result.records();
        if (result.error() != ErrorCode.NONE || records == null) {
            result.release();
            throw new IOException(log.id() + " cannot be read at offset " + offset + ": "
                    + (result.error() == ErrorCode.NONE ? "there is nothing" : result.message()));
        }
        return records.toBuffer(PooledByteBufAllocator.DEFAULT);
    }

    private void applyBatches(ByteBuf bytes) throws IOException {
        long before = offset;
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        RecordBatch.Integrity integrity = RecordBatch.check(bytes, at, end);
        while (integrity == RecordBatch.Integrity.VALID && offset < endOffset) {
            if (RecordBatch.isControl(bytes, at)) {
                endTransaction(bytes, at);
            } else {
                readRecords(bytes, at);
            }
            offset = RecordBatch.lastOffset(bytes, at) + 1;
            at += RecordBatch.length(bytes, at);
            integrity = RecordBatch.check(bytes, at, end);
        }
        boolean isCutShort = integrity == RecordBatch.Integrity.INCOMPLETE && offset > before;
        if (offset < endOffset && !isCutShort) {
            throw new CorruptLogException(log.id() + " has a damaged batch at offset " + offset + ": " + integrity);
        }
    }

    private void endTransaction(ByteBuf bytes, int at) throws IOException {
        try (RecordReader records = RecordReader.open(bytes, at, LogConfig.UNPACKED_BYTES_MAX)) {
            while (records.next()) {
                ByteBuf key = records.key();
                if (key == null || key.readableBytes() < MARKER_KEY_BYTES) {
                    throw new CorruptLogException(
                            log.id() + " has a control record without a type at offset " + records.offset());
                }
                short type = key.getShort(key.readerIndex() + MARKER_TYPE_AT);
                if (type == COMMIT || type == ABORT) {
                    transactions
                            .end(RecordBatch.producerId(bytes, at), type == COMMIT)
                            .forEach(this::apply);
                }
            }
        }
    }

    private void readRecords(ByteBuf bytes, int at) {
        boolean inTransaction = RecordBatch.isTransactional(bytes, at);
        try (RecordReader records = RecordReader.open(bytes, at, LogConfig.UNPACKED_BYTES_MAX)) {
            while (records.next()) {
                ByteBuf key = records.key();
                if (records.offset() < offset || key == null) {
                    continue;
                }
                GroupRecord record = GroupRecordCodec.read(key, records.value());
                if (record == null) {
                    unknown++;
                } else if (inTransaction && record instanceof OffsetRecord commit && commit.offset() != null) {
                    transactions.add(RecordBatch.producerId(bytes, at), records.offset(), commit);
                } else {
                    apply(record);
                    transactions.onApplied(records.offset(), record);
                }
            }
        }
    }

    private void apply(GroupRecord record) {
        shard.apply(record, now);
        applied++;
    }
}
