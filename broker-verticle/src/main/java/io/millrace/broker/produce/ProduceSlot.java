package io.millrace.broker.produce;

import io.millrace.broker.handler.LeaderHints;
import io.millrace.broker.partition.Partition;
import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.shard.Completion;
import io.millrace.cluster.PartitionState;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ProduceResponse;
import io.millrace.wire.record.BatchValidator;
import io.millrace.wire.record.BatchVerdict;
import io.millrace.wire.record.Compression;
import io.millrace.wire.record.InvalidRecordsException;
import io.millrace.wire.record.Recompressor;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordError;
import io.millrace.wire.record.TimestampType;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One partition of a Produce request on its way: checked, perhaps packed again, appended, answered. Owned by: the
 * connection's event loop, or the worker that it is lent to.
 */
final class ProduceSlot implements Completion {

    private static final String PRODUCER_CODEC = "producer";

    private final ProduceOperation owner;
    private final ProduceResponse.PartitionProduceResponse answer;

    private @Nullable Partition partition;

    /** The claim on these bytes is ours until the shard takes it over. */
    private @Nullable ByteBuf records;

    ProduceSlot(ProduceOperation owner, ProduceResponse.PartitionProduceResponse answer) {
        this.owner = owner;
        this.answer = answer;
        answer.baseOffset(-1).logAppendTimeMs(-1).logStartOffset(-1);
    }

    /** The partition exists, is led here and may be written to; the records are a slice of the frame. */
    void admit(Partition found, ByteBuf batch) {
        partition = found;
        records = batch.retain();
    }

    /** Answers with an error. */
    void refuse(ErrorCode error, @Nullable String message) {
        release();
        answer.errorCode(error.code()).errorMessage(message);
    }

    /** Answers with what speaks against writing to a partition that exists. */
    void refuse(Partition found, ErrorCode error) {
        partition = found;
        refuse(error, null);
    }

    /** Says who leads to a client that should have asked another broker (KIP-951); returns whether it did. */
    boolean nameLeader(short version) {
        if (partition == null || !LeaderHints.belongInProduce(version, answer.errorCode())) {
            return false;
        }
        PartitionState state = partition.state();
        answer.currentLeader().leaderId(state.leader()).leaderEpoch(state.leaderEpoch());
        return true;
    }

    /** Whether there is something to append. */
    boolean isAdmitted() {
        return records != null;
    }

    boolean isRefused() {
        return answer.errorCode() != 0;
    }

    Partition partition() {
        Partition known = partition;
        if (known == null) {
            throw new IllegalStateException("the slot was not admitted");
        }
        return known;
    }

    ByteBuf records() {
        ByteBuf held = records;
        if (held == null) {
            throw new IllegalStateException("the slot holds no records");
        }
        return held;
    }

    /** The shard has taken over the claim on the records. */
    void appended() {
        records = null;
    }

    /** Checks header and checksum of the batch; refuses it or leaves it as it is. */
    void check(short version, long nowMs) {
        BatchVerdict verdict = BatchValidator.validate(records(), limits(), version, nowMs);
        if (!verdict.isGood()) {
            refuse(verdict);
        } else if (RecordBatch.isTransactional(records(), records().readerIndex())) {
            refuse(ErrorCode.INVALID_TXN_STATE, "this broker has no transactions yet");
        }
    }

    /** Whether the batch has to be unpacked: to look at each record, or to pack it with the topic's own codec. */
    boolean needsWork() {
        return partition().config().compacts() || isPackedOtherwise();
    }

    /** Looks at each record, and packs them again if the topic says so. On a worker thread. */
    void work(long nowMs) {
        ByteBuf batch = records();
        long unpackedMax = partition().config().unpackedBytesMax();
        BatchVerdict verdict = BatchValidator.validateRecords(batch, limits(), nowMs, unpackedMax);
        if (!verdict.isGood()) {
            refuse(verdict);
            return;
        }
        Compression codec = topicCodec();
        if (codec == null || !isPackedOtherwise()) {
            return;
        }
        try {
            int level = partition().config().compressionLevel();
            records = Recompressor.recompress(batch.alloc(), batch, batch.readerIndex(), codec, level, unpackedMax);
            batch.release();
        } catch (InvalidRecordsException e) {
            refuse(ErrorCode.INVALID_RECORD, e.getMessage());
        }
    }

    /** The shard's answer, on the event loop. */
    @Override
    public void complete(AppendResult result) {
        answer.errorCode(result.error().code())
                .errorMessage(result.message())
                .baseOffset(result.baseOffset())
                .logAppendTimeMs(result.logAppendTimeMs())
                .logStartOffset(result.logStartOffset());
        addRecordErrors(result.recordErrors());
        owner.onCompleted();
    }

    void release() {
        if (records != null) {
            records.release();
            records = null;
        }
    }

    private void refuse(BatchVerdict verdict) {
        addRecordErrors(verdict.recordErrors());
        refuse(verdict.error(), verdict.message());
    }

    private void addRecordErrors(List<RecordError> errors) {
        for (RecordError error : errors) {
            answer.recordErrors()
                    .add(new ProduceResponse.BatchIndexAndErrorMessage()
                            .batchIndex(error.indexInBatch())
                            .batchIndexErrorMessage(error.message()));
        }
    }

    private boolean isPackedOtherwise() {
        Compression codec = topicCodec();
        return codec != null && codec != RecordBatch.codec(records(), records().readerIndex());
    }

    /** Null if the producer's choice stands. */
    private @Nullable Compression topicCodec() {
        String name = partition().config().compressionType().toLowerCase(Locale.ROOT);
        if (name.equals(PRODUCER_CODEC)) {
            return null;
        }
        return name.equals("uncompressed") ? Compression.NONE : Compression.forName(name);
    }

    private BatchValidator.Limits limits() {
        LogConfig config = partition().config();
        return new BatchValidator.Limits(
                config.maxMessageBytes(),
                config.logAppendTime() ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                config.timestampBeforeMaxMs(),
                config.timestampAfterMaxMs(),
                config.compacts());
    }
}
