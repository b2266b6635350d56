package io.millrace.broker.storage.producer;

import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.ProducerStateView;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The idempotent producers of one partition, with Kafka's rules for their epochs and sequences.
 *
 * <p>A batch is first checked, which changes nothing, and after it has its offsets it is applied. Recovery applies the
 * same batches again and reaches the same state. Owned by the log's owner.
 *
 * <p>As in Kafka 4, a producer that this partition does not know may begin with any sequence: its state may have gone with
 * old records, and refusing it forever would help nobody.
 */
public final class ProducerTable {

    private final Map<Long, ProducerEntry> producers = new HashMap<>();
    /** First offset of each open transaction, with its producer. */
    private final TreeMap<Long, Long> openTransactions = new TreeMap<>();
    /** Most batches come from the producer of the batch before: saves the lookup and its boxing. */
    private @Nullable ProducerEntry recent;

    /** Asks about one batch; changes nothing. Control batches and batches without a producer are accepted. */
    public SequenceVerdict check(ByteBuf batch, int index, AppendOrigin origin) {
        long producerId = RecordBatch.producerId(batch, index);
        if (producerId == RecordBatch.NO_PRODUCER_ID || origin == AppendOrigin.REPLICATION) {
            return SequenceVerdict.ACCEPTED;
        }
        ProducerEntry entry = find(producerId);
        if (entry == null) {
            return SequenceVerdict.ACCEPTED;
        }
        short epoch = RecordBatch.producerEpoch(batch, index);
        boolean isData = !RecordBatch.isControl(batch, index);
        if (isData && origin == AppendOrigin.CLIENT && epoch == entry.epoch) {
            int known = entry.find(RecordBatch.baseSequence(batch, index), RecordBatch.lastSequence(batch, index));
            if (known >= 0) {
                return new SequenceVerdict.Duplicate(
                        entry.firstOffset(known), entry.lastOffset(known), entry.timestampMs(known));
            }
        }
        if (epoch < entry.epoch) {
            return refused(
                    ErrorCode.INVALID_PRODUCER_EPOCH,
                    "epoch " + epoch + " of producer " + producerId + " is older than " + entry.epoch);
        }
        if (!isData) {
            return SequenceVerdict.ACCEPTED;
        }
        if (origin == AppendOrigin.CLIENT && !continues(entry, epoch, RecordBatch.baseSequence(batch, index))) {
            return refused(
                    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                    "sequence " + RecordBatch.baseSequence(batch, index) + " of producer " + producerId + " in epoch "
                            + epoch + " after " + entry.lastSequence() + " in epoch " + entry.epoch);
        }
        if (entry.txnFirstOffset != ProducerEntry.NO_TRANSACTION && !RecordBatch.isTransactional(batch, index)) {
            return refused(
                    ErrorCode.INVALID_TXN_STATE,
                    "producer " + producerId + " sent a batch outside its transaction, which began at offset "
                            + entry.txnFirstOffset);
        }
        return SequenceVerdict.ACCEPTED;
    }

    private static boolean continues(ProducerEntry entry, short epoch, int baseSequence) {
        if (epoch != entry.epoch) {
            return baseSequence == 0 || entry.epoch == RecordBatch.NO_PRODUCER_EPOCH;
        }
        int last = entry.lastSequence();
        return last == RecordBatch.NO_SEQUENCE ? baseSequence == 0 : baseSequence == RecordBatch.sequenceAfter(last, 1);
    }

    private static SequenceVerdict refused(ErrorCode error, String message) {
        return new SequenceVerdict.Refused(error, message);
    }

    /** Takes in a data batch that has its final offsets. */
    public void applyData(ByteBuf batch, int index, long nowMs) {
        long producerId = RecordBatch.producerId(batch, index);
        if (producerId == RecordBatch.NO_PRODUCER_ID) {
            return;
        }
        ProducerEntry entry = findOrAdd(producerId);
        int delta = RecordBatch.lastOffsetDelta(batch, index);
        long baseOffset = RecordBatch.baseOffset(batch, index);
        entry.toEpoch(RecordBatch.producerEpoch(batch, index));
        entry.addBatch(
                RecordBatch.lastSequence(batch, index),
                baseOffset + delta,
                delta,
                RecordBatch.maxTimestamp(batch, index));
        entry.lastSeenMs = nowMs;
        if (RecordBatch.isTransactional(batch, index) && entry.txnFirstOffset == ProducerEntry.NO_TRANSACTION) {
            entry.txnFirstOffset = baseOffset;
            openTransactions.put(baseOffset, producerId);
        }
    }

    /** Takes in a marker that ends a producer's transaction. */
    public void applyMarker(long producerId, short epoch, int coordinatorEpoch, long timestampMs, long nowMs) {
        ProducerEntry entry = findOrAdd(producerId);
        entry.toEpoch(epoch);
        entry.coordinatorEpoch = coordinatorEpoch;
        entry.lastTimestampMs = timestampMs;
        entry.lastSeenMs = nowMs;
        if (entry.txnFirstOffset != ProducerEntry.NO_TRANSACTION) {
            openTransactions.remove(entry.txnFirstOffset);
            entry.txnFirstOffset = ProducerEntry.NO_TRANSACTION;
        }
    }

    /** Newest epoch of the coordinator that ended a transaction of this producer, -1 when none did. */
    public int coordinatorEpoch(long producerId) {
        ProducerEntry entry = find(producerId);
        return entry == null ? -1 : entry.coordinatorEpoch;
    }

    /** First offset of the oldest open transaction, or {@link Long#MAX_VALUE}. */
    public long firstOpenOffset() {
        return openTransactions.isEmpty() ? Long.MAX_VALUE : openTransactions.firstKey();
    }

    /** Forgets producers that were silent for a time and have no open transaction. */
    public void expire(long nowMs, long expirationMs) {
        boolean removed = producers
                .values()
                .removeIf(entry -> entry.txnFirstOffset == ProducerEntry.NO_TRANSACTION
                        && nowMs - entry.lastSeenMs >= expirationMs);
        if (removed) {
            recent = null;
        }
    }

    public boolean isEmpty() {
        return producers.isEmpty();
    }

    public int size() {
        return producers.size();
    }

    public void clear() {
        producers.clear();
        openTransactions.clear();
        recent = null;
    }

    /** Copies for DescribeProducers. */
    public List<ProducerStateView> views() {
        List<ProducerStateView> views = new ArrayList<>(producers.size());
        for (ProducerEntry entry : producers.values()) {
            views.add(new ProducerStateView(
                    entry.producerId,
                    entry.epoch,
                    entry.lastSequence(),
                    entry.lastTimestampMs,
                    entry.coordinatorEpoch,
                    entry.txnFirstOffset));
        }
        return views;
    }

    /** Last offset of the newest batch of each producer, by id; those are left out of which there is none in their epoch. */
    public Map<Long, Long> newestOffsets() {
        Map<Long, Long> offsets = new HashMap<>();
        for (ProducerEntry entry : producers.values()) {
            if (entry.batchCount() > 0) {
                offsets.put(entry.producerId, entry.lastOffset(entry.batchCount() - 1));
            }
        }
        return offsets;
    }

    Iterable<ProducerEntry> entries() {
        return producers.values();
    }

    /** Puts back an entry of a snapshot. */
    ProducerEntry restore(long producerId, long txnFirstOffset) {
        ProducerEntry entry = findOrAdd(producerId);
        if (txnFirstOffset != ProducerEntry.NO_TRANSACTION && entry.txnFirstOffset != txnFirstOffset) {
            entry.txnFirstOffset = txnFirstOffset;
            openTransactions.put(txnFirstOffset, producerId);
        }
        return entry;
    }

    private @Nullable ProducerEntry find(long producerId) {
        ProducerEntry last = recent;
        if (last != null && last.producerId == producerId) {
            return last;
        }
        ProducerEntry found = producers.get(producerId);
        if (found != null) {
            recent = found;
        }
        return found;
    }

    private ProducerEntry findOrAdd(long producerId) {
        ProducerEntry found = find(producerId);
        if (found == null) {
            found = new ProducerEntry(producerId);
            producers.put(producerId, found);
            recent = found;
        }
        return found;
    }
}
