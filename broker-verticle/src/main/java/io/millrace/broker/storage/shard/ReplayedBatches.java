package io.millrace.broker.storage.shard;

import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;

/** What the body of a journal entry covers. */
final class ReplayedBatches {

    private ReplayedBatches() {}

    /** The offset after the last record. */
    static long endOffset(ByteBuf batches) {
        int end = batches.writerIndex();
        long endOffset = -1;
        for (int at = batches.readerIndex(); at < end; at += RecordBatch.length(batches, at)) {
            endOffset = RecordBatch.lastOffset(batches, at) + 1;
        }
        return endOffset;
    }
}
