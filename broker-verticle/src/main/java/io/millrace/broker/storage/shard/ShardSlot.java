package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.LogCheckpoint;
import io.millrace.broker.storage.journal.JournalEntry;
import org.jspecify.annotations.Nullable;

/**
 * One place of the ring: a command or a task on its way through the stages. Owned by whichever stage the ring has handed it
 * to; reused for ever.
 */
public final class ShardSlot {

    private @Nullable AppendCommand command;
    private @Nullable TaskRun<?> task;
    private @Nullable AppendResult result;
    private @Nullable JournalEntry entry;
    private @Nullable LogCheckpoint sync;
    private int sizeBytes;
    private boolean open;

    /** Loads an append. */
    public void load(AppendCommand newCommand) {
        command = newCommand;
        sizeBytes = newCommand.sizeBytes();
        open = true;
    }

    /** Loads control work. */
    public void load(TaskRun<?> newTask) {
        task = newTask;
        open = true;
    }

    /** Bytes that count against the ring's budget; stays readable after completion, until {@link #clear}. */
    public int sizeBytes() {
        return sizeBytes;
    }

    /** Forgets everything; after the commit stage. */
    public void clear() {
        assert !open : "cleared before completion";
        command = null;
        task = null;
        result = null;
        entry = null;
        sizeBytes = 0;
        sync = null;
    }

    @Nullable
    AppendCommand command() {
        return command;
    }

    @Nullable
    TaskRun<?> task() {
        return task;
    }

    @Nullable
    AppendResult result() {
        return result;
    }

    void result(AppendResult newResult) {
        result = newResult;
    }

    /** What the commit stage has to journal, if anything. */
    @Nullable
    JournalEntry entry() {
        return entry;
    }

    void entry(JournalEntry newEntry) {
        entry = newEntry;
    }

    /** Whether the commit stage has to write it to the journal. */
    public boolean needsJournal() {
        return entry != null;
    }

    /** Whether the commit stage has to sync a segment for it, which takes long. */
    public boolean needsSegmentSync() {
        return sync != null;
    }

    /** Syncs of the log's segments that the commit stage has to run, because the journal does not have the records. */
    @Nullable
    LogCheckpoint sync() {
        return sync;
    }

    void sync(LogCheckpoint newSync) {
        sync = newSync;
    }

    /** Whether nobody has been told the outcome yet. */
    boolean isOpen() {
        return open;
    }

    void close() {
        assert open : "completed twice";
        open = false;
    }
}
