package io.millrace.broker.fetch;

import io.millrace.broker.handler.LeaderHints;
import io.millrace.broker.partition.Partition;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.storage.EpochEnd;
import io.millrace.broker.storage.LogView;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.ReadResult;
import io.millrace.wire.BufferRecords;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.FetchResponse;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads what one fetch may get: up to so many bytes in all and for each partition, but at least one batch. Used by one
 * thread at a time: the event loop when all of it is hot, else a reader thread.
 */
final class FetchReader {

    /** The first version that names topics by id. */
    static final short FIRST_VERSION_WITH_TOPIC_IDS = 13;

    private static final int NO_REPLICA = -1;
    private static final byte READ_COMMITTED = 1;

    /** The first version whose clients know KAFKA_STORAGE_ERROR. */
    private static final short FIRST_VERSION_WITH_STORAGE_ERROR = 6;

    private final Partitions partitions;
    private final short version;
    private final byte isolationLevel;
    private final int bytesMax;

    /** @param bytesMax over all partitions */
    FetchReader(Partitions partitions, short version, byte isolationLevel, int bytesMax) {
        this.partitions = partitions;
        this.version = version;
        this.isolationLevel = isolationLevel;
        this.bytesMax = bytesMax;
    }

    /** What is known of a target without reading. */
    enum Readiness {
        /** The answer is an error, or says that the client's log diverged. */
        FAILED,
        /** There are records that are likely in memory. */
        HOT,
        /** There are records that are likely on disk only. */
        COLD,
        /** There is nothing to read yet. */
        EMPTY
    }

    Readiness readiness(FetchTarget target) {
        Partition partition = resolve(target);
        if (partition == null || partition.checkLeader(target.currentLeaderEpoch()) != ErrorCode.NONE) {
            return Readiness.FAILED;
        }
        LogView view = partition.view();
        long offset = target.offset();
        if (offset < view.logStartOffset() || offset > view.logEndOffset() || divergence(target, partition) != null) {
            return Readiness.FAILED;
        }
        if (offset >= view.visibleEndOffset()) {
            return Readiness.EMPTY;
        }
        return partition.log().isHot(offset) ? Readiness.HOT : Readiness.COLD;
    }

    /**
     * Reads in the order of the targets, from memory alone. The answers hold records, which their receiver must send or
     * release.
     *
     * @param limit over all partitions, beside what the client wants at most
     * @return one answer for each target; null when that takes the disk
     */
    @Nullable
    List<FetchResponse.PartitionData> readHeld(List<FetchTarget> targets, int limit) {
        return read(targets, Math.min(bytesMax, limit), PartitionLog::readHeld);
    }

    /** The same with the disk, for a worker: every byte is read and checked. */
    List<FetchResponse.PartitionData> read(List<FetchTarget> targets) {
        return Objects.requireNonNull(read(
                targets,
                bytesMax,
                (log, offset, bytes, atLeastOne) ->
                        log.read(offset, bytes, atLeastOne).verified()));
    }

    /** A way to read a log. */
    private interface Source {
        @Nullable
        ReadResult read(PartitionLog log, long offset, int bytesMax, boolean atLeastOneBatch);
    }

    private @Nullable List<FetchResponse.PartitionData> read(List<FetchTarget> targets, int bytes, Source source) {
        List<FetchResponse.PartitionData> answers = new ArrayList<>(targets.size());
        int left = bytes;
        boolean empty = true;
        for (FetchTarget target : targets) {
            FetchResponse.PartitionData answer = read(target, left, empty, source);
            if (answer == null) {
                answers.forEach(FetchReader::release);
                return null;
            }
            int size = sizeOf(answer);
            empty &= size == 0;
            left = Math.max(0, left - size);
            answers.add(answer);
        }
        return answers;
    }

    static int sizeOf(FetchResponse.PartitionData answer) {
        return answer.records() == null ? 0 : answer.records().sizeBytes();
    }

    /** Gives up an answer that will not be sent. */
    static void release(FetchResponse.PartitionData answer) {
        if (answer.records() != null) {
            answer.records().release();
        }
    }

    private FetchResponse.@Nullable PartitionData read(
            FetchTarget target, int left, boolean atLeastOne, Source source) {
        Partition partition = resolve(target);
        if (partition == null) {
            return failedRead(
                    target,
                    version < FIRST_VERSION_WITH_TOPIC_IDS
                            ? partitions.whyMissing(target.topic(), target.index())
                            : partitions.whyMissing(target.topicId(), target.index()));
        }
        ErrorCode error = partition.checkLeader(target.currentLeaderEpoch());
        if (error != ErrorCode.NONE) {
            return withLeader(failedRead(target, error), partition, error);
        }
        EpochEnd diverged = divergence(target, partition);
        if (diverged != null) {
            return answer(target, partition.view())
                    .divergingEpoch(new FetchResponse.EpochEndOffset()
                            .epoch(diverged.epoch())
                            .endOffset(diverged.endOffset()));
        }
        ReadResult result =
                source.read(partition.log(), target.offset(), Math.min(left, target.bytesMax()), atLeastOne);
        return result == null ? null : answer(target, result);
    }

    private FetchResponse.PartitionData answer(FetchTarget target, ReadResult result) {
        if (result.error() != ErrorCode.NONE) {
            return failedRead(target, result.error());
        }
        FetchResponse.PartitionData answer = answer(target, result.view());
        return result.records() == null ? answer : answer.records(result.records());
    }

    private FetchResponse.PartitionData answer(FetchTarget target, LogView view) {
        FetchResponse.PartitionData answer = new FetchResponse.PartitionData()
                .partitionIndex(target.index())
                .highWatermark(view.visibleEndOffset())
                .lastStableOffset(view.lastStableOffset())
                .logStartOffset(view.logStartOffset())
                .preferredReadReplica(NO_REPLICA)
                .records(new BufferRecords(Unpooled.EMPTY_BUFFER));
        return answer.abortedTransactions(isolationLevel == READ_COMMITTED ? new ArrayList<>(0) : null);
    }

    /** Says who leads to a client that went by an old epoch or to the wrong broker (KIP-951). */
    private FetchResponse.PartitionData withLeader(
            FetchResponse.PartitionData answer, Partition partition, ErrorCode error) {
        return LeaderHints.belongInFetch(version, error.code())
                ? answer.currentLeader(new FetchResponse.LeaderIdAndEpoch()
                        .leaderId(partition.state().leader())
                        .leaderEpoch(partition.state().leaderEpoch()))
                : answer;
    }

    private FetchResponse.PartitionData failedRead(FetchTarget target, ErrorCode error) {
        boolean unknownToClient = error == ErrorCode.KAFKA_STORAGE_ERROR && version < FIRST_VERSION_WITH_STORAGE_ERROR;
        return failed(target, unknownToClient ? ErrorCode.NOT_LEADER_OR_FOLLOWER : error);
    }

    static FetchResponse.PartitionData failed(FetchTarget target, ErrorCode error) {
        return new FetchResponse.PartitionData()
                .partitionIndex(target.index())
                .errorCode(error.code())
                .highWatermark(-1)
                .lastStableOffset(-1)
                .logStartOffset(-1)
                .preferredReadReplica(NO_REPLICA)
                .abortedTransactions(null)
                .records(new BufferRecords(Unpooled.EMPTY_BUFFER));
    }

    /**
     * Where the client's log parts from ours, for a client that says the epoch of its last record (KIP-595).
     *
     * @return null if it does not
     */
    private static @Nullable EpochEnd divergence(FetchTarget target, Partition partition) {
        if (target.lastFetchedEpoch() < 0) {
            return null;
        }
        EpochEnd end = partition.log().endOffsetForEpoch(target.lastFetchedEpoch());
        boolean diverged = end.epoch() < target.lastFetchedEpoch() || end.endOffset() < target.offset();
        return end.epoch() >= 0 && diverged ? end : null;
    }

    private @Nullable Partition resolve(FetchTarget target) {
        Partition known = target.partition();
        if (known == null || known.isDeleted()) {
            known = target.topicId().equals(Uuids.ZERO)
                    ? partitions.find(target.topic(), target.index())
                    : partitions.find(target.topicId(), target.index());
            target.partition(known);
        }
        return known;
    }
}
