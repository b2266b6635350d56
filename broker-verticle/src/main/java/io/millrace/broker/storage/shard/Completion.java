package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.AppendResult;

/** Receives the outcome of one append, exactly once. */
@FunctionalInterface
public interface Completion {

    /**
     * Runs on the command's executor. A result without error means that the records, or for a duplicate their first copy,
     * are durable under the topic's mode and visible to readers. KAFKA_STORAGE_ERROR means that the outcome is unknown.
     * Must not throw.
     */
    void complete(AppendResult result);
}
