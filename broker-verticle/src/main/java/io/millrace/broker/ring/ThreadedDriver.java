package io.millrace.broker.ring;

import io.millrace.broker.storage.shard.ShardDriver;
import io.millrace.broker.storage.shard.ShardTask;
import io.millrace.broker.storage.shard.TaskRun;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Lets the stages of a shard reach each other across the ring's threads. */
final class ThreadedDriver implements ShardDriver {

    /** The commit thread looks again after this long, should a wake-up come before it was parked. */
    private static final long RECHECK_NS = 1_000_000;

    private final ShardRing ring;
    private final Thread checkpointThread;

    ThreadedDriver(ShardRing ring, Thread checkpointThread) {
        this.ring = ring;
        this.checkpointThread = checkpointThread;
    }

    @Override
    public <T> T onAppendThread(ShardTask<T> task) throws IOException {
        CompletableFuture<T> done = new CompletableFuture<>();
        ring.submitUrgent(new TaskRun<>(task, (value, failure) -> {
            if (failure == null) {
                done.complete(value);
            } else {
                done.completeExceptionally(failure);
            }
        }));
        try {
            return done.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the append thread was waited for", e);
        }
    }

    @Override
    public void wakeCheckpoint() {
        LockSupport.unpark(checkpointThread);
    }

    @Override
    public void awaitCheckpoint(BooleanSupplier condition) {
        // At a stop the checkpoint thread ends first, and an append that comes after must not wait for it.
        while (!condition.getAsBoolean() && !ring.shard().isOffline() && checkpointThread.isAlive()) {
            LockSupport.parkNanos(this, RECHECK_NS);
        }
    }

    @Override
    public void wakeCommit() {
        LockSupport.unpark(ring.commitThread());
    }
}
