package io.millrace.broker.ring;

import io.millrace.broker.storage.shard.LogShard;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One shard at work: its ring with the append and the commit thread, its checkpoint thread and its cleaner thread. */
final class ShardThreads {

    private final LogShard shard;
    private final ShardRing ring;
    private final CheckpointLoop checkpoints;
    private final Thread checkpointThread;
    private final CompactionLoop compaction;
    private final @Nullable Thread cleanerThread;

    ShardThreads(
            LogShard shard,
            int number,
            RingOptions options,
            LongSupplier clockMs,
            long upkeepIntervalMs,
            CompactionPace pace) {
        this.shard = shard;
        this.ring = new ShardRing(shard, number, options, clockMs);
        this.checkpoints = new CheckpointLoop(ring, clockMs, upkeepIntervalMs);
        this.checkpointThread = new Thread(checkpoints, "millrace-checkpoint-" + number);
        this.compaction = new CompactionLoop(shard, clockMs, pace);
        this.cleanerThread = pace.enabled() ? new Thread(compaction, "millrace-cleaner-" + number) : null;
    }

    void start() {
        shard.driver(new ThreadedDriver(ring, checkpointThread));
        ring.start();
        checkpointThread.start();
        if (cleanerThread != null) {
            cleanerThread.start();
        }
    }

    LogShard shard() {
        return shard;
    }

    ShardRing ring() {
        return ring;
    }

    /** Drains the ring before the rest: until it is empty, the commit stage may need the checkpoint stage. */
    void stop() throws InterruptedException {
        stopCompaction();
        ring.drain();
        checkpoints.stop();
        LockSupport.unpark(checkpointThread);
        checkpointThread.join();
        ring.stop();
    }

    /** While the ring goes on: the cleaner thread may wait for the append thread. */
    private void stopCompaction() throws InterruptedException {
        compaction.stop();
        if (cleanerThread != null) {
            LockSupport.unpark(cleanerThread);
            cleanerThread.join();
        }
    }
}
