package io.millrace.client.producer;

/**
 * Waits for what becomes of one record. Exactly one of the methods is called, once, and never from within a call of the
 * producer's core.
 */
public interface Delivery {

    /**
     * The broker has the record, as safely as {@code acks} asked for.
     *
     * @param offset or {@link io.millrace.client.RecordMetadata#NO_OFFSET}
     * @param timestampMs the record's, or the broker's
     */
    void onDelivered(int partition, long offset, long timestampMs);

    void onFailed(DeliveryFailure failure);
}
