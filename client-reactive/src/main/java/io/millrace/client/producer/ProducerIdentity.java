package io.millrace.client.producer;

import io.millrace.wire.record.RecordBatch;

/**
 * The producer id that the cluster has given to an idempotent producer, from which partitions count their epochs.
 *
 * <p>Each partition has an epoch of its own: a broker compares epochs within a log, and nobody else writes with this id. So a
 * sequence that is lost in one partition (KIP-360) does not concern any other. Owned by: the producer's event loop.
 */
final class ProducerIdentity {
    private long id = RecordBatch.NO_PRODUCER_ID;
    private short epoch = RecordBatch.NO_PRODUCER_EPOCH;

    boolean isKnown() {
        return id != RecordBatch.NO_PRODUCER_ID;
    }

    long id() {
        return id;
    }

    short epoch() {
        return epoch;
    }

    void set(long id, short epoch) {
        this.id = id;
        this.epoch = epoch;
    }

    /** A partition has used up all epochs: another id is needed. Partitions keep the old one for what they have sent. */
    void exhaust(long usedUp) {
        if (id == usedUp) {
            set(RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_PRODUCER_EPOCH);
        }
    }
}
