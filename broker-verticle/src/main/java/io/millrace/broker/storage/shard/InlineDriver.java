package io.millrace.broker.storage.shard;

import java.io.IOException;
import java.util.function.BooleanSupplier;

/** Drives all stages of a shard on the caller's thread: before the ring has started, after it has stopped, in simulations. */
public final class InlineDriver implements ShardDriver {

    private final LogShard shard;
    private final long nowMs;

    /** Time stands still for the driver: it drives only for a moment. */
    public InlineDriver(LogShard shard, long nowMs) {
        this.shard = shard;
        this.nowMs = nowMs;
    }

    @Override
    public <T> T onAppendThread(ShardTask<T> task) throws IOException {
        return task.run(shard, nowMs);
    }

    @Override
    public void wakeCheckpoint() {
        // whoever drives the shard calls the checkpoint stage when it likes
    }

    @Override
    public void awaitCheckpoint(BooleanSupplier condition) {
        while (!condition.getAsBoolean() && !shard.isOffline()) {
            shard.checkpointStep(nowMs);
        }
    }

    @Override
    public void wakeCommit() {
        // it is the same thread
    }
}
