package io.millrace.broker.ring;

import io.millrace.broker.storage.shard.LogShard;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** One shard at work: its ring with the append and the commit thread, and its checkpoint thread. */
final class ShardThreads {

    private final LogShard shard;
    private final ShardRing ring;
    private final CheckpointLoop checkpoints;
    private final Thread checkpointThread;

    ShardThreads(LogShard shard, int number, RingOptions options, LongSupplier clockMs, long upkeepIntervalMs) {
        this.shard = shard;
        this.ring = new ShardRing(shard, number, options, clockMs);
        this.checkpoints = new CheckpointLoop(ring, clockMs, upkeepIntervalMs);
        this.checkpointThread = new Thread(checkpoints, "millrace-checkpoint-" + number);
    }

    void start() {
        shard.driver(new ThreadedDriver(ring, checkpointThread));
        ring.start();
        checkpointThread.start();
    }

    LogShard shard() {
        return shard;
    }

    ShardRing ring() {
        return ring;
    }

    /** Drains the ring first: until it is empty, the commit stage may need the checkpoint stage. */
    void stop() throws InterruptedException {
        ring.drain();
        checkpoints.stop();
        LockSupport.unpark(checkpointThread);
        checkpointThread.join();
        ring.stop();
    }
}
