package io.millrace.broker.handler;

import java.util.UUID;

/**
 * Knows which replicas cannot be used although their broker is there: their log is damaged, or its data folder has failed.
 * Any thread.
 */
@FunctionalInterface
public interface OfflineReplicas {
    boolean includes(int brokerId, UUID topicId, int partition);
}
