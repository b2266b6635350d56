package io.millrace.broker.storage;

import io.millrace.broker.storage.producer.ProducerTable;
import io.millrace.broker.storage.producer.SequenceVerdict;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Decides about an append before anything is changed: refuse it, answer it as a duplicate, or let it go on. Owned by the
 * append thread.
 */
final class AppendCheck {

    private final PublishedLog published;
    private final ProducerTable producers;

    AppendCheck(PublishedLog published, ProducerTable producers) {
        this.published = published;
        this.producers = producers;
    }

    /** An answer that needs no append, or null. Changes nothing. */
    @Nullable
    AppendResult check(ByteBuf records, AppendOrigin origin, long nextOffset) {
        int end = records.writerIndex();
        int at = records.readerIndex();
        long expected = nextOffset;
        for (; at < end; at += RecordBatch.length(records, at)) {
            if (origin == AppendOrigin.REPLICATION) {
                if (RecordBatch.baseOffset(records, at) < expected) {
                    return refused(
                            ErrorCode.OFFSET_OUT_OF_RANGE,
                            "batch at " + RecordBatch.baseOffset(records, at) + " where the log ends at " + expected);
                }
                expected = RecordBatch.lastOffset(records, at) + 1;
            } else if (at > records.readerIndex() && RecordBatch.producerId(records, at) >= 0) {
                return refused(ErrorCode.INVALID_RECORD, "a producer with an id sends one batch at a time");
            }
            SequenceVerdict verdict = producers.check(records, at, origin);
            if (verdict instanceof SequenceVerdict.Duplicate duplicate) {
                return AppendResult.duplicate(
                        duplicate.baseOffset(),
                        duplicate.lastOffset(),
                        duplicate.timestampMs(),
                        published.logStartOffset());
            }
            if (verdict instanceof SequenceVerdict.Refused refusal) {
                return refused(refusal.error(), refusal.message());
            }
            if (origin == AppendOrigin.COORDINATOR && isFencedMarker(records, at)) {
                return refused(ErrorCode.TRANSACTION_COORDINATOR_FENCED, "a newer coordinator has ended a transaction");
            }
        }
        return null;
    }

    private boolean isFencedMarker(ByteBuf records, int at) {
        if (!RecordBatch.isControl(records, at)) {
            return false;
        }
        TransactionMarker marker = TransactionMarker.read(records, at);
        return marker != null
                && marker.coordinatorEpoch() < producers.coordinatorEpoch(RecordBatch.producerId(records, at));
    }

    private AppendResult refused(ErrorCode error, String message) {
        return AppendResult.refused(error, message, published.logStartOffset());
    }
}
