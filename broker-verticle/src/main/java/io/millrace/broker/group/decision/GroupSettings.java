package io.millrace.broker.group.decision;

/**
 * The settings of the coordinator, by Kafka's names.
 *
 * @param sessionTimeoutMinMs {@code group.min.session.timeout.ms}
 * @param sessionTimeoutMaxMs {@code group.max.session.timeout.ms}
 * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}
 * @param sizeMax {@code group.max.size}, members
 * @param offsetMetadataMax {@code offset.metadata.max.bytes}; Kafka counts characters, and so do we
 * @param offsetsRetentionMs {@code offsets.retention.minutes}
 */
public record GroupSettings(
        int sessionTimeoutMinMs,
        int sessionTimeoutMaxMs,
        int initialRebalanceDelayMs,
        int sizeMax,
        int offsetMetadataMax,
        long offsetsRetentionMs) {}
