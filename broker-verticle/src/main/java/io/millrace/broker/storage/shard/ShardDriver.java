package io.millrace.broker.storage.shard;

import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * What the stages of a shard need from whoever drives them, to reach each other across threads. A driver with one thread
 * runs everything at once, in place.
 */
public interface ShardDriver {

    /**
     * Checkpoint stage, and compaction: runs a task on the append thread, whatever the commit stage is waiting for, and waits for
     * it.
     */
    <T> T onAppendThread(ShardTask<T> task) throws IOException;

    /** Commit stage: there is work for the checkpoint stage. */
    void wakeCheckpoint();

    /** Commit stage: waits while the checkpoint stage works, until the condition holds or the shard is offline. */
    void awaitCheckpoint(BooleanSupplier condition);

    /** Checkpoint stage: the condition that the commit stage may wait for might hold now. */
    void wakeCommit();
}
