package io.millrace.client.producer;

import io.millrace.client.TopicPartition;
import io.millrace.wire.record.Compression;
import io.millrace.wire.record.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one partition, in the order of their records: first those that were sent at least once, then those that
 * were not. Says which may be sent next, and keeps the sequences (KIP-98, KIP-360). The rules that keep the order:
 *
 * <ul>
 *   <li>Fresh batches may be in flight together, up to the limit, at one broker.
 *   <li>A batch that is sent again goes alone, and before any other.
 *   <li>A sequence is lost when a batch before it was given up. The head of the queue finds out: the broker refuses it
 *       as out of sequence. Once nothing is in flight, all that was sent gets new sequences, from 0, in the next epoch
 *       of the partition; before that moment nothing else is sent. What might be in the log under the old sequence is
 *       not among that: it ends with an unknown outcome, as nobody could recognise it when it came again.
 * </ul>
 *
 * <p>Owned by: the producer's event loop.
 */
final class PartitionQueue {
    static final int NO_LEADER = -1;

    final TopicPartition partition;
    final CompressionRatio ratio;
    private final BatchingOptions options;
    private final List<Batch> batches = new ArrayList<>();

    int leader = NO_LEADER;
    int leaderEpoch = RecordBatch.NO_LEADER_EPOCH;

    /** What a batch may have here: less than the options say once a broker has found one too large. */
    int batchBytesMax;
    /** What the last batch had: as much memory the next one begins with. */
    int lastBatchBytes;

    private int outstanding;
    /** The broker that has them. */
    private int outstandingAt = NO_LEADER;

    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private short producerEpoch = RecordBatch.NO_PRODUCER_EPOCH;
    private int nextSequence;
    private boolean sequenceLost;

    PartitionQueue(TopicPartition partition, BatchingOptions options) {
        this.partition = partition;
        this.options = options;
        this.ratio = new CompressionRatio(options.compression() != Compression.NONE);
        this.batchBytesMax = options.batchBytes();
    }

    List<Batch> batches() {
        return batches;
    }

    boolean isEmpty() {
        return batches.isEmpty();
    }

    void add(Batch batch) {
        batches.add(batch);
    }

    /** The batch that takes records, if there is one. */
    @Nullable
    Batch open() {
        Batch last = batches.isEmpty() ? null : batches.get(batches.size() - 1);
        return last != null && last.isOpen() ? last : null;
    }

    /** Whether the batch still belongs to the queue. */
    boolean contains(Batch batch) {
        return batches.contains(batch);
    }

    boolean isHead(Batch batch) {
        return batches.get(0) == batch;
    }

    /**
     * The batch that may be sent now, if there is one.
     *
     * @param hurry whether batches go without lingering
     */
    @Nullable
    Batch next(long nowMs, boolean hurry) {
        Batch candidate = candidate();
        return candidate != null && readyAtMs(candidate, hurry) <= nowMs ? candidate : null;
    }

    /** When something is to be done with it, if only time has to pass for that; else {@link Long#MAX_VALUE}. */
    long wakeUpMs(long nowMs, boolean hurry) {
        long expiryMs = Long.MAX_VALUE;
        for (Batch each : batches) {
            if (!each.isSettled()) {
                expiryMs = each.deadlineMs();
                break;
            }
        }
        Batch candidate = candidate();
        long readyMs = candidate == null ? 0 : readyAtMs(candidate, hurry);
        return readyMs > nowMs ? Math.min(expiryMs, readyMs) : expiryMs;
    }

    /** The next one, ready or not; null if answers have to come first. */
    private @Nullable Batch candidate() {
        if (leader == NO_LEADER || outstanding >= options.maxInFlight()) {
            return null;
        }
        if (outstanding > 0 && (sequenceLost || outstandingAt != leader)) {
            return null;
        }
        for (Batch each : batches) {
            if (each.outstanding) {
                if (each.attempts > 1) {
                    return null;
                }
            } else {
                return each.attempts > 0 && outstanding > 0 ? null : each;
            }
        }
        return null;
    }

    private long readyAtMs(Batch batch, boolean hurry) {
        if (batch.attempts > 0) {
            // Another leader need not be spared because of what the last one said (KIP-951).
            return leaderEpoch > batch.sentLeaderEpoch ? 0 : batch.retryAtMs;
        }
        boolean lingers = batch.isOpen() && !batch.urgent && !hurry;
        return lingers ? batch.createdMs() + options.lingerMs() : 0;
    }

    void sent(Batch batch) {
        batch.outstanding = true;
        batch.attempts++;
        batch.sentLeaderEpoch = leaderEpoch;
        outstanding++;
        outstandingAt = leader;
    }

    void returned(Batch batch) {
        batch.outstanding = false;
        outstanding--;
    }

    void remove(Batch batch) {
        batches.remove(batch);
    }

    void replace(Batch batch, List<Batch> parts) {
        int at = batches.indexOf(batch);
        batches.remove(at);
        batches.addAll(at, parts);
    }

    /** A batch with a sequence has left the queue without being in the log for sure. */
    void onGap() {
        if (!hasSequenced()) {
            sequenceLost = true;
        }
    }

    /** A broker has refused the head of the queue as out of sequence. */
    void onSequenceLost() {
        sequenceLost = true;
    }

    /** Whether sequences are to be given out anew, and can be. */
    boolean needsResequencing() {
        return sequenceLost && outstanding == 0;
    }

    /**
     * Makes sure that what is sent next has a producer id and a sequence that the broker will take. Whatever may have
     * been written under a lost sequence has left the queue before.
     *
     * @return false if the producer needs another id first
     */
    boolean prepare(ProducerIdentity identity) {
        boolean outdated = producerId != identity.id() && outstanding == 0 && !hasSequenced();
        if (needsResequencing() && producerId == identity.id() && producerEpoch == Short.MAX_VALUE) {
            identity.exhaust(producerId);
        }
        if (!needsResequencing() && !outdated) {
            return true;
        }
        if (!identity.isKnown()) {
            return false;
        }
        if (producerId == identity.id()) {
            producerEpoch++;
        } else {
            producerId = identity.id();
            producerEpoch = identity.epoch();
        }
        sequenceLost = false;
        nextSequence = 0;
        for (Batch each : batches) {
            if (each.isSequenced()) {
                sequence(each);
            }
        }
        return true;
    }

    /** Those are in front. */
    private boolean hasSequenced() {
        return !batches.isEmpty() && batches.get(0).isSequenced();
    }

    /** Gives the batch its bytes, and a sequence if it needs one. */
    void seal(Batch batch) {
        if (!options.idempotent()) {
            batch.build();
        } else if (!batch.isSequenced()) {
            sequence(batch);
        }
    }

    private void sequence(Batch batch) {
        batch.sequence(producerId, producerEpoch, nextSequence);
        nextSequence = RecordBatch.sequenceAfter(nextSequence, batch.recordCount());
    }
}
