package io.millrace.broker.storage;

/**
 * One idempotent producer as DescribeProducers shows it.
 *
 * @param lastSequence -1 when only a transaction marker was seen
 * @param currentTxnStartOffset -1 when no transaction is open
 */
public record ProducerStateView(
        long producerId,
        short producerEpoch,
        int lastSequence,
        long lastTimestampMs,
        int coordinatorEpoch,
        long currentTxnStartOffset) {}
