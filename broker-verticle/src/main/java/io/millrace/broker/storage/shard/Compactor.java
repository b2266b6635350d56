package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.Compaction;
import io.millrace.broker.storage.CompactionLimits;
import io.millrace.broker.storage.CompactionPlan;
import io.millrace.broker.storage.CorruptLogException;
import io.millrace.broker.storage.PartitionLog;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts the logs of a shard, one at a time, the one that needs it most first. Owned by: cleaner thread. Each step is short.
 *
 * <p>What goes wrong before a log reads a compacted segment, a full disk for example, harms nothing: the log is tried again
 * later. A log with damaged records is left alone until the next start.
 */
final class Compactor {

    private static final Logger log = LoggerFactory.getLogger(Compactor.class);

    /** Read in one step. */
    private static final int STEP_BYTES = 512 << 10;

    private static final long RETRY_MS = 60_000;

    private final LogShard shard;
    private final ShardState state;
    private final CompactionLimits limits;
    private final Set<PartitionLog> damaged = new HashSet<>();
    private final Map<PartitionLog, Long> retryAtMs = new HashMap<>();
    private volatile ShardDriver driver;
    private @Nullable PartitionLog compacted;
    private @Nullable Compaction current;

    Compactor(LogShard shard, ShardState state, CompactionLimits limits, long nowMs) {
        this.shard = shard;
        this.state = state;
        this.limits = limits;
        this.driver = new InlineDriver(shard, nowMs);
    }

    void driver(ShardDriver connected) {
        driver = connected;
    }

    /** Does one piece of work; returns the bytes that it has read and written, -1 when there is nothing to do. */
    long step(long nowMs) {
        if (state.isOffline()) {
            return -1;
        }
        PartitionLog target = compacted;
        Compaction running = current;
        if (target == null || running == null) {
            return begin(nowMs) ? 0 : -1;
        }
        try {
            return step(running, nowMs);
        } catch (CorruptLogException e) {
            give(running);
            damaged.add(target);
            log.error("{} is not compacted any more, it is damaged: {}", target, e.getMessage());
        } catch (IOException e) {
            onFailure(target, running, e, nowMs);
        } catch (RuntimeException e) {
            if (running.isSwapping()) {
                state.goOffline(e);
                return 0;
            }
            give(running);
            damaged.add(target);
            log.error("{} is not compacted any more, there is a mistake in the broker", target, e);
        }
        return 0;
    }

    private long step(Compaction running, long nowMs) throws IOException {
        switch (running.next()) {
            case CLEANER_THREAD -> {
                return running.work(STEP_BYTES);
            }
            case APPEND_THREAD ->
                driver.onAppendThread((owner, taskMs) -> {
                    running.commit(nowMs);
                    return owner;
                });
            case NOBODY -> {
                compacted = null;
                current = null;
            }
        }
        return 0;
    }

    private void onFailure(PartitionLog target, Compaction running, IOException failure, long nowMs) {
        if (!shard.has(target) || target.isOffline() || state.isOffline()) {
            give(running);
            return;
        }
        if (running.isSwapping()) {
            state.goOffline(failure);
            return;
        }
        give(running);
        retryAtMs.put(target, nowMs + RETRY_MS);
        log.warn("{} could not be compacted, it is tried again later: {}", target, failure.toString());
    }

    private void give(Compaction running) {
        running.abort();
        compacted = null;
        current = null;
    }

    private boolean begin(long nowMs) {
        damaged.removeIf(each -> !shard.has(each));
        retryAtMs.entrySet().removeIf(each -> !shard.has(each.getKey()) || each.getValue() <= nowMs);
        PartitionLog target = null;
        CompactionPlan best = null;
        for (PartitionLog each : candidates()) {
            CompactionPlan plan = planOf(each, nowMs);
            if (plan != null && (best == null || isMoreUrgent(plan, best))) {
                target = each;
                best = plan;
            }
        }
        if (target == null || best == null) {
            return false;
        }
        return begin(target, best, nowMs);
    }

    private boolean begin(PartitionLog target, CompactionPlan plan, long nowMs) {
        try {
            Optional<Compaction> begun = driver.onAppendThread((owner, taskMs) ->
                    Optional.ofNullable(owner.has(target) ? target.compactor().begin(plan, limits, nowMs) : null));
            current = begun.orElse(null);
        } catch (IOException shardIsOffline) {
            log.debug("no compaction begins", shardIsOffline);
            return false;
        }
        compacted = current == null ? null : target;
        return current != null;
    }

    /** By name, so that a simulation does the same again. */
    private List<PartitionLog> candidates() {
        return shard.logs().stream()
                .filter(each -> each.config().compacts()
                        && !each.isOffline()
                        && !damaged.contains(each)
                        && !retryAtMs.containsKey(each))
                .sorted(Comparator.comparing(PartitionLog::toString))
                .toList();
    }

    private @Nullable CompactionPlan planOf(PartitionLog candidate, long nowMs) {
        try {
            CompactionPlan plan = candidate.compactor().plan(nowMs, shard.durableStart(candidate));
            return plan.isDue(candidate.config().compaction()) ? plan : null;
        } catch (IOException e) {
            if (shard.has(candidate)) {
                log.warn("cannot see whether {} is to be compacted: {}", candidate, e.toString());
                retryAtMs.put(candidate, nowMs + RETRY_MS);
            }
            return null;
        }
    }

    private static boolean isMoreUrgent(CompactionPlan plan, CompactionPlan best) {
        return plan.overdue() == best.overdue() ? plan.dirtyRatio() > best.dirtyRatio() : plan.overdue();
    }

    /** Ends what is under way, before the logs are closed. */
    void close() {
        Compaction running = current;
        if (running != null) {
            give(running);
        }
    }
}
