package io.millrace.broker.ring;

import io.millrace.broker.storage.Interval;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.shard.LogShard;
import io.millrace.broker.storage.shard.TaskRun;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * The checkpoint thread of one shard: runs checkpoint steps as long as there is work, and upkeep now and then. Sleeps
 * otherwise, and wakes up once a second to see what time it is.
 */
final class CheckpointLoop implements Runnable {

    private static final long PAUSE_NS = 1_000_000_000;

    /** Logs that one task of upkeep visits, so that it holds up appends no longer than a batch would. */
    private static final int UPKEEP_LOGS = 32;

    /** Of a segment whose age has to be read, between two checkpoint steps. */
    private static final int AGE_READ_BYTES = 4 << 20;

    private final ShardRing ring;
    private final LogShard shard;
    private final LongSupplier clockMs;
    private final long upkeepIntervalMs;
    private final Queue<PartitionLog> upkeep = new ArrayDeque<>();
    private final List<PartitionLog> group = new ArrayList<>();
    private final Interval sinceUpkeep;
    private volatile boolean stopped;

    CheckpointLoop(ShardRing ring, LongSupplier clockMs, long upkeepIntervalMs) {
        this.ring = ring;
        this.shard = ring.shard();
        this.clockMs = clockMs;
        this.upkeepIntervalMs = upkeepIntervalMs;
        this.sinceUpkeep = Interval.since(clockMs.getAsLong());
    }

    /** Without this thread the journal fills up and commits wait for ever: it never ends unheard. */
    @Override
    public void run() {
        try {
            loop();
        } catch (RuntimeException | Error e) {
            shard.goOffline(e);
        }
    }

    private void loop() {
        while (!stopped) {
            long nowMs = clockMs.getAsLong();
            if (shard.checkpointStep(nowMs)) {
                continue;
            }
            startUpkeep(nowMs);
            if (!upkeep.isEmpty() || !group.isEmpty()) {
                stepUpkeep(nowMs);
                continue;
            }
            // Gives an idle commit stage the chance to rotate.
            if (shard.wantsCommit()) {
                ring.submit((owner, now) -> now);
            }
            LockSupport.parkNanos(this, PAUSE_NS);
        }
    }

    private void startUpkeep(long nowMs) {
        if (upkeep.isEmpty() && group.isEmpty() && sinceUpkeep.isOver(nowMs, upkeepIntervalMs)) {
            sinceUpkeep.restart(nowMs);
            upkeep.addAll(shard.logs());
        }
    }

    /** Reads a piece of a segment that retention needs to know, or visits a group of logs for which all is known. */
    private void stepUpkeep(long nowMs) {
        while (group.size() < UPKEEP_LOGS && !upkeep.isEmpty()) {
            if (upkeep.element().readAges(nowMs, AGE_READ_BYTES)) {
                return;
            }
            group.add(upkeep.remove());
        }
        List<PartitionLog> next = List.copyOf(group);
        group.clear();
        submitUpkeep(next);
    }

    /** One group at a time, the next when it is done: upkeep never crowds out appends. */
    private void submitUpkeep(List<PartitionLog> logs) {
        CountDownLatch done = new CountDownLatch(1);
        ring.submitUrgent(new TaskRun<>(
                (owner, nowMs) -> {
                    for (PartitionLog log : logs) {
                        owner.maintain(log, nowMs);
                    }
                    return logs.size();
                },
                (value, failure) -> done.countDown()));
        try {
            done.await();
        } catch (InterruptedException e) {
            stopped = true;
        }
    }

    void stop() {
        stopped = true;
    }
}
