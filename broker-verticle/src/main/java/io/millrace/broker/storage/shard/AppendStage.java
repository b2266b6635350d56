package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.Durability;
import io.millrace.broker.storage.LogCheckpoint;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.journal.EntryType;
import io.millrace.broker.storage.journal.JournalEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * First stage: gives records their offsets and takes them into the segments, once per log and batch. Owned by: append thread.
 * Completes what needs no sync: refusals, and appends to topics that trust the page cache.
 */
final class AppendStage {

    private final LogShard shard;
    private final ShardState state;
    private final Outcomes outcomes;
    /** Larger appends do not go through the journal: their segments are synced. */
    private final int bodyBytesMax;

    private final List<ShardSlot> batch = new ArrayList<>();
    private final Set<PartitionLog> staged = new LinkedHashSet<>();
    private final Map<PartitionLog, LogCheckpoint> syncs = new HashMap<>();
    private @Nullable ShardSlot currentTask;

    AppendStage(LogShard shard, ShardState state, int bodyBytesMax) {
        this.bodyBytesMax = bodyBytesMax;
        this.shard = shard;
        this.state = state;
        this.outcomes = new Outcomes(state);
    }

    void append(ShardSlot slot, long nowMs) {
        batch.add(slot);
        if (state.isOffline()) {
            return;
        }
        try {
            AppendCommand command = slot.command();
            TaskRun<?> task = slot.task();
            if (command != null) {
                append(slot, command, nowMs);
            } else if (task != null) {
                run(slot, task, nowMs);
            }
        } catch (IOException | RuntimeException | Error e) {
            state.goOffline(e);
        }
    }

    private void append(ShardSlot slot, AppendCommand command, long nowMs) throws IOException {
        PartitionLog log = command.log();
        AppendResult result = log.append(command.records(), command.leaderEpoch(), command.origin(), nowMs);
        slot.result(result);
        if (result.isAccepted() && !result.duplicate()) {
            staged.add(log);
        }
    }

    /** Tasks see files that have all that was appended before them. */
    private void run(ShardSlot slot, TaskRun<?> task, long nowMs) throws IOException {
        writeStaged();
        currentTask = slot;
        task.run(shard, nowMs);
        currentTask = null;
    }

    /** Runs a task between two batches and tells its outcome. Nothing that it does may need the journal. */
    void runUrgent(TaskRun<?> task, long nowMs) {
        assert batch.isEmpty() : "in the middle of a batch";
        try {
            if (!state.isOffline()) {
                task.run(shard, nowMs);
            }
        } catch (IOException | RuntimeException | Error e) {
            state.goOffline(e);
        }
        if (state.isOffline()) {
            task.fail(new Outcomes.ShardOfflineException(state.failure()));
        } else {
            task.succeed();
        }
    }

    /** Makes the task that is running wait until this entry is durable. */
    void journal(JournalEntry entry) {
        if (currentTask != null) {
            currentTask.entry(entry);
        }
    }

    /** Takes what the batch staged into the segments, and answers what need not wait for a sync. */
    void endBatch(long nowMs) {
        try {
            if (!state.isOffline()) {
                writeStaged();
                settle(nowMs);
            }
        } catch (IOException | RuntimeException | Error e) {
            state.goOffline(e);
        }
        if (state.isOffline()) {
            failBatch();
        }
        batch.clear();
        staged.clear();
        syncs.clear();
        outcomes.dispatch();
    }

    private void writeStaged() throws IOException {
        for (PartitionLog log : staged) {
            log.writeStaged();
        }
        staged.clear();
    }

    private void settle(long nowMs) throws IOException {
        for (ShardSlot slot : batch) {
            AppendCommand command = slot.command();
            if (command != null) {
                settle(slot, command, nowMs);
            }
        }
    }

    /** Completes an append here, or prepares what the commit stage has to do for it. */
    private void settle(ShardSlot slot, AppendCommand command, long nowMs) throws IOException {
        AppendResult result = slot.result();
        PartitionLog log = command.log();
        if (result == null || !result.isAccepted()) {
            outcomes.succeed(slot);
        } else if (log.isOffline()) {
            // Deleted by a task later in the batch: there is nothing left to make durable.
            slot.result(Outcomes.deleted());
            outcomes.succeed(slot);
        } else if (log.config().durability() == Durability.OS) {
            settleUnsynced(slot, log, nowMs);
        } else if (!result.duplicate()) {
            settleJournalled(slot, command, result);
        }
    }

    private void settleUnsynced(ShardSlot slot, PartitionLog log, long nowMs) throws IOException {
        if (log.isFlushDue(nowMs)) {
            syncs.put(log, log.beginCheckpoint());
        }
        // One sync covers all that the batch appended to a log.
        LogCheckpoint sync = syncs.get(log);
        if (sync != null) {
            slot.sync(sync);
        } else {
            // All of the log's batch, which was one write: the end of a part of it is nothing that readers get to know.
            log.onDurable(log.logEndOffset());
            outcomes.succeed(slot);
        }
        shard.onUnsynced(log);
    }

    private void settleJournalled(ShardSlot slot, AppendCommand command, AppendResult result) throws IOException {
        PartitionLog log = command.log();
        if (command.sizeBytes() > bodyBytesMax) {
            slot.sync(log.beginCheckpoint());
            shard.onUnsynced(log);
            return;
        }
        slot.entry(new JournalEntry(
                EntryType.BATCHES,
                log.id().topicId(),
                log.id().partition(),
                command.leaderEpoch(),
                result.baseOffset(),
                command.records()));
    }

    private void failBatch() {
        for (ShardSlot slot : batch) {
            if (slot.isOpen()) {
                outcomes.fail(slot);
            }
        }
    }
}
