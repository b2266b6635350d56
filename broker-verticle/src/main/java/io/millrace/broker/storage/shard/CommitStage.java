package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.LogCheckpoint;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.journal.Journal;
import io.millrace.broker.storage.journal.JournalEntry;
import io.millrace.broker.storage.journal.JournalFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Second stage: makes a batch durable with one journal write and one sync, moves the visible ends, then tells the outcomes.
 * Owned by: commit thread, or the append thread in its place. By the time a slot is here its log has taken in its bytes, and
 * everything that was in the ring before it has been here: so a duplicate, whose first copy was earlier in the ring, is
 * answered after that copy's sync.
 */
final class CommitStage {

    private final LogShard shard;
    private final ShardState state;
    private final Outcomes outcomes;
    private final Journal journal;
    private final Checkpointer checkpointer;
    private final List<ShardSlot> batch = new ArrayList<>();
    private final Map<PartitionLog, Long> durableEnds = new LinkedHashMap<>();
    /** Logs deleted behind appends of this batch: their ends no longer move, so that none of these may be acknowledged. */
    private final Set<PartitionLog> deleted = new HashSet<>();

    /** Logs with entries in the journal's current file, and up to which offset. Handed over with the file. */
    private Map<PartitionLog, Long> journalled = new LinkedHashMap<>();

    private boolean journalledTasks;

    CommitStage(LogShard shard, ShardState state, Journal journal, Checkpointer checkpointer) {
        this.shard = shard;
        this.state = state;
        this.outcomes = new Outcomes(state);
        this.journal = journal;
        this.checkpointer = checkpointer;
    }

    void commit(ShardSlot slot) {
        if (slot.isOpen()) {
            batch.add(slot);
        }
    }

    void endBatch() {
        try {
            if (!state.isOffline()) {
                makeDurable();
                durableEnds.forEach(PartitionLog::onDurable);
                rotateWhenAsked();
            }
        } catch (IOException | RuntimeException | Error e) {
            state.goOffline(e);
        }
        tellOutcomes();
        batch.clear();
        durableEnds.clear();
        deleted.clear();
        outcomes.dispatch();
    }

    private void makeDurable() throws IOException {
        for (ShardSlot slot : batch) {
            JournalEntry entry = slot.entry();
            AppendCommand command = slot.command();
            if (command != null) {
                prepare(slot, command.log(), entry);
            } else if (entry != null) {
                stage(entry);
                journalledTasks = true;
            }
        }
        journal.flush();
    }

    private void prepare(ShardSlot slot, PartitionLog log, @Nullable JournalEntry entry) throws IOException {
        AppendResult result = slot.result();
        if (result == null) {
            throw new IllegalStateException("a slot without result reached the commit stage");
        }
        LogCheckpoint sync = slot.sync();
        if (sync != null && !isSynced(sync, log)) {
            deleted.add(log);
            return;
        }
        durableEnds.merge(log, result.requiredEndOffset(), Math::max);
        if (sync == null && entry != null) {
            stage(entry);
            journalled.merge(log, result.requiredEndOffset(), Math::max);
        }
    }

    /** False when the log was deleted behind the append: then its files are gone, and that is no failure of the disk. */
    private boolean isSynced(LogCheckpoint sync, PartitionLog log) throws IOException {
        try {
            sync.sync();
            return true;
        } catch (IOException e) {
            if (shard.has(log)) {
                throw e;
            }
            return false;
        }
    }

    private void stage(JournalEntry entry) throws IOException {
        while (!journal.stage(entry)) {
            journal.flush();
            rotate();
        }
    }

    private void rotate() throws IOException {
        checkpointer.awaitFreeFile();
        JournalFile sealed = journal.rotate();
        if (sealed == null) {
            throw new IllegalStateException("no free journal file after the wait");
        }
        checkpointer.offer(new SealedFile(sealed, journalled, journalledTasks));
        journalled = new LinkedHashMap<>();
        journalledTasks = false;
    }

    /** Lets an idle shard come to a state without anything to replay. Not worth waiting for a file: this one has room. */
    private void rotateWhenAsked() throws IOException {
        if (journal.hasFree() && checkpointer.takeRotationRequest() && journal.hasEntries()) {
            rotate();
        }
    }

    private void tellOutcomes() {
        boolean offline = state.isOffline();
        for (ShardSlot slot : batch) {
            AppendCommand command = slot.command();
            if (offline) {
                outcomes.fail(slot);
            } else {
                if (command != null && deleted.contains(command.log())) {
                    slot.result(Outcomes.deleted());
                }
                outcomes.succeed(slot);
            }
        }
    }
}
