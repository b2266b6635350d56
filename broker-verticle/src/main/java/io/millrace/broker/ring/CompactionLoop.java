package io.millrace.broker.ring;

import io.millrace.broker.storage.shard.LogShard;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cleaner thread of one shard: compacts its logs, a piece at a time, no faster than its budget allows. So the disk and a
 * processor are others' most of the time, also while much is to be compacted.
 */
final class CompactionLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(CompactionLoop.class);

    private final LogShard shard;
    private final LongSupplier clockMs;
    private final CompactionPace pace;
    private volatile boolean stopped;

    CompactionLoop(LogShard shard, LongSupplier clockMs, CompactionPace pace) {
        this.shard = shard;
        this.clockMs = clockMs;
        this.pace = pace;
    }

    /** Without this thread logs only grow: it does not end unheard. */
    @Override
    public void run() {
        try {
            loop();
        } catch (RuntimeException | Error e) {
            LOG.error("nothing in {} is compacted any more, until a restart", shard, e);
        }
    }

    /** Rests first: whoever has just started has other things to do. */
    private void loop() {
        long idleNs = TimeUnit.MILLISECONDS.toNanos(pace.idleMs());
        ByteBudget budget = new ByteBudget(pace.bytesPerSecond(), System.nanoTime());
        rest(idleNs);
        while (!stopped) {
            long bytes = shard.compactionStep(clockMs.getAsLong());
            rest(bytes < 0 ? idleNs : budget.waitNs(bytes, System.nanoTime()));
        }
    }

    private void rest(long forNs) {
        long fromNs = System.nanoTime();
        long leftNs = forNs;
        while (leftNs > 0 && !stopped) {
            LockSupport.parkNanos(this, leftNs);
            leftNs = forNs - (System.nanoTime() - fromNs);
        }
    }

    void stop() {
        stopped = true;
    }
}
