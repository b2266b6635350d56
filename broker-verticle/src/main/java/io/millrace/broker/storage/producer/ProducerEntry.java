package io.millrace.broker.storage.producer;

import io.millrace.wire.record.RecordBatch;

/**
 * One producer on one partition: its epoch, its open transaction, and its last batches, by which a retry is recognised.
 * Owned by the table that holds it.
 */
final class ProducerEntry {

    /** Clients keep at most this many batches in flight when they are idempotent. */
    static final int BATCHES_MAX = 5;

    static final long NO_TRANSACTION = -1;

    final long producerId;
    short epoch = RecordBatch.NO_PRODUCER_EPOCH;
    int coordinatorEpoch = -1;
    long txnFirstOffset = NO_TRANSACTION;
    /** Timestamp of the last batch or marker, as the snapshot keeps it. */
    long lastTimestampMs = RecordBatch.NO_TIMESTAMP;
    /** When this broker last heard of the producer, from which its expiry counts. */
    long lastSeenMs;

    /** A ring of the last batches. */
    private final int[] lastSequences = new int[BATCHES_MAX];

    private final long[] lastOffsets = new long[BATCHES_MAX];
    private final int[] offsetDeltas = new int[BATCHES_MAX];
    private final long[] timestampsMs = new long[BATCHES_MAX];
    private int oldest;
    private int batchCount;

    ProducerEntry(long producerId) {
        this.producerId = producerId;
    }

    int batchCount() {
        return batchCount;
    }

    /** Last sequence of a batch; 0 is the oldest kept. */
    int lastSequence(int number) {
        return lastSequences[slot(number)];
    }

    int firstSequence(int number) {
        int slot = slot(number);
        return lastSequences[slot] - offsetDeltas[slot] & Integer.MAX_VALUE;
    }

    long lastOffset(int number) {
        return lastOffsets[slot(number)];
    }

    long firstOffset(int number) {
        int slot = slot(number);
        return lastOffsets[slot] - offsetDeltas[slot];
    }

    int offsetDelta(int number) {
        return offsetDeltas[slot(number)];
    }

    long timestampMs(int number) {
        return timestampsMs[slot(number)];
    }

    /** Sequence of the newest record, or {@link RecordBatch#NO_SEQUENCE}. */
    int lastSequence() {
        return batchCount == 0 ? RecordBatch.NO_SEQUENCE : lastSequence(batchCount - 1);
    }

    /** Number of the kept batch with exactly these sequences, or -1. */
    int find(int firstSequence, int lastSequence) {
        for (int i = 0; i < batchCount; i++) {
            if (lastSequence(i) == lastSequence && firstSequence(i) == firstSequence) {
                return i;
            }
        }
        return -1;
    }

    /** A new epoch starts with no batches: its sequences have nothing to do with the earlier ones. */
    void toEpoch(short newEpoch) {
        if (newEpoch != epoch) {
            epoch = newEpoch;
            batchCount = 0;
        }
    }

    void addBatch(int lastSequence, long lastOffset, int offsetDelta, long timestampMs) {
        if (batchCount == BATCHES_MAX) {
            oldest = (oldest + 1) % BATCHES_MAX;
            batchCount--;
        }
        int slot = slot(batchCount++);
        lastSequences[slot] = lastSequence;
        lastOffsets[slot] = lastOffset;
        offsetDeltas[slot] = offsetDelta;
        timestampsMs[slot] = timestampMs;
        lastTimestampMs = timestampMs;
    }

    private int slot(int number) {
        return (oldest + number) % BATCHES_MAX;
    }
}
