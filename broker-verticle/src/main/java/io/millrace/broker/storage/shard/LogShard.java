package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogDirectories;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.LogResources;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.journal.EntryType;
import io.millrace.broker.storage.journal.Journal;
import io.millrace.broker.storage.journal.JournalEntry;
import io.millrace.broker.storage.segment.SegmentFiles;
import io.millrace.wire.ErrorCode;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All logs of one data folder, with the journal that makes them durable.
 *
 * <p>Three threads drive it, or one that takes turns: the append thread calls {@link #append} and {@link #endAppendBatch},
 * then the commit thread calls {@link #commit} and {@link #endCommitBatch} for the same slots in the same order, and the
 * checkpoint thread calls {@link #checkpointStep}. A fourth one calls {@link #compactionStep}, if logs are to be compacted. No
 * stage throws: the first failed write or sync takes the shard offline, and from then on every slot is answered with an error
 * and nothing is acknowledged.
 */
public final class LogShard {

    private final FileStore store;
    private final DataFolder folder;
    private final LogResources resources;
    private final ShardOptions options;
    private final ShardState state;
    private final Journal journal;
    private final CheckpointFiles files;
    private final Trash trash;
    private final Map<LogKey, PartitionLog> logs;
    private final Map<LogKey, String> damaged;
    private final LostLogs lost;
    private final AppendStage appendStage;
    private final CommitStage commitStage;
    private final Checkpointer checkpointer;
    private final Compactor compactor;
    private final OpenSummary openSummary;

    private LogShard(
            FileStore store,
            DataFolder folder,
            LogResources resources,
            ShardOptions options,
            Journal journal,
            CheckpointFiles files,
            Trash trash,
            ShardRecovery recovery,
            OpenSummary openSummary,
            long nowMs) {
        this.store = store;
        this.folder = folder;
        this.resources = resources;
        this.options = options;
        this.journal = journal;
        this.files = files;
        this.trash = trash;
        this.logs = new ConcurrentHashMap<>(recovery.logs());
        this.damaged = new ConcurrentHashMap<>(recovery.damaged());
        this.lost = recovery.lost();
        this.openSummary = openSummary;
        this.state = new ShardState(folder.path());
        this.checkpointer = new Checkpointer(this, state, journal, files, trash, options, nowMs);
        this.compactor = new Compactor(this, state, options.compaction(), nowMs);
        this.appendStage = new AppendStage(this, state, journal.bodyBytesMax());
        this.commitStage = new CommitStage(this, state, journal, checkpointer);
        recovery.sealed().forEach(checkpointer::offer);
    }

    /**
     * Recovers a folder. Everything found is durable and visible when this returns.
     *
     * @param configs the configuration of each log that is found
     */
    public static LogShard open(
            FileStore store,
            DataFolder folder,
            LogResources common,
            ShardOptions options,
            Function<LogId, LogConfig> configs,
            RandomGenerator random,
            long nowMs)
            throws IOException {
        LogResources resources = common.withTails(options.tails());
        boolean clean = folder.takeCleanMarker();
        Journal journal = Journal.open(store, folder.path(), options.journal(), random);
        CheckpointFiles files = new CheckpointFiles(store, folder.path(), options.checkpointFileIntervalMs());
        Trash trash = new Trash(store, folder.path());
        ShardRecovery recovery =
                new ShardRecovery(folder.path(), resources, files, trash, configs, options.threads(), nowMs);
        boolean interrupted = !clean && folder.beginRecovery();
        OpenSummary summary = recovery.run(journal, clean, interrupted);
        folder.endRecovery();
        journal.start();
        return new LogShard(store, folder, resources, options, journal, files, trash, recovery, summary, nowMs);
    }

    /** What the open had to do. */
    public OpenSummary openSummary() {
        return openSummary;
    }

    /** Connects the stages when they run on threads of their own. Before the first slot. */
    public void driver(ShardDriver driver) {
        checkpointer.driver(driver);
        compactor.driver(driver);
    }

    // ---- append thread ----

    /** Runs the first stage for a slot. */
    public void append(ShardSlot slot, long nowMs) {
        appendStage.append(slot, nowMs);
    }

    /** Writes what the batch has staged; afterwards its slots may go to the commit stage. */
    public void endAppendBatch(long nowMs) {
        appendStage.endBatch(nowMs);
    }

    /** Runs a task between two batches; its outcome is told before this returns. */
    public void runUrgent(TaskRun<?> task, long nowMs) {
        appendStage.runUrgent(task, nowMs);
    }

    /** Takes over a new configuration. Inside a task. */
    public void configure(PartitionLog log, LogConfig config) throws IOException {
        if (log.config().durability() != config.durability()) {
            // The journal will continue from here, or the page cache is to have what waited in memory for the journal:
            // either
            // way everything before must be in the segments, for good.
            log.checkpoint();
        }
        log.updateConfig(config);
    }

    /**
     * Deletes records before an offset, or all visible ones for -1. Inside a task, whose result is then told when the new
     * start is durable.
     *
     * @return NONE or OFFSET_OUT_OF_RANGE
     */
    public ErrorCode deleteRecords(PartitionLog log, long beforeOffset, long nowMs) throws IOException {
        ErrorCode error = log.deleteRecordsBefore(beforeOffset, nowMs);
        if (error == ErrorCode.NONE) {
            appendStage.journal(new JournalEntry(
                    EntryType.LOG_START,
                    log.id().topicId(),
                    log.id().partition(),
                    -1,
                    log.logStartOffset(),
                    Unpooled.EMPTY_BUFFER));
        }
        return error;
    }

    /** Takes a log away; its directory goes later. Inside a task. False when there is no such log. */
    public boolean delete(LogKey key) throws IOException {
        PartitionLog log = logs.remove(key);
        if (log == null) {
            return false;
        }
        trash.add(log.moveAside());
        return true;
    }

    /** Retention, expired producers and removed segments of one log. Inside a task. */
    public void maintain(PartitionLog log, long nowMs) throws IOException {
        if (has(log)) {
            log.applyRetention(nowMs);
            if (log.releaseRemoved(nowMs, files.savedStart(log.id()))) {
                checkpointer.onRemoved(log);
            }
            log.expireProducers(nowMs);
            if (log.hasUnsyncedClosedSegment()) {
                checkpointer.onUnsynced(log);
            }
        }
    }

    void onUnsynced(PartitionLog log) {
        checkpointer.onUnsynced(log);
    }

    /** Whether the append thread may write to the journal: only if that cannot have to wait for a checkpoint. */
    public boolean canCommitAtOnce() {
        return journal.hasFree();
    }

    // ---- commit thread, or the append thread in its place ----

    /** Takes a slot that the append stage has finished. */
    public void commit(ShardSlot slot) {
        commitStage.commit(slot);
    }

    /** Makes the batch durable and tells its outcomes. */
    public void endCommitBatch() {
        commitStage.endBatch();
    }

    // ---- checkpoint thread ----

    /** Does one piece of background work; false when there is none. */
    public boolean checkpointStep(long nowMs) {
        resources.openFiles().closeReleased();
        return checkpointer.step(nowMs);
    }

    /** Whether the commit stage should see a slot, be it an empty one, to let the checkpoint stage go on. */
    public boolean wantsCommit() {
        return checkpointer.isRotationRequested();
    }

    // ---- cleaner thread ----

    /** Does one piece of compaction; returns the bytes that it has read and written, -1 when there is nothing to do. */
    public long compactionStep(long nowMs) {
        return compactor.step(nowMs);
    }

    // ---- any thread ----

    /** The start of a log as a restart would find it, or a lower one. */
    long durableStart(PartitionLog log) {
        return files.savedStart(log.id());
    }

    /**
     * Creates logs that do not exist yet, durably, names included. Blocks on the disk.
     *
     * @return the logs, in the order asked for
     */
    public synchronized List<PartitionLog> create(List<NewLog> wanted, long nowMs) throws IOException {
        Map<LogKey, NewLog> missing = new LinkedHashMap<>();
        for (NewLog each : wanted) {
            LogKey key = keyOf(each.id());
            if (!logs.containsKey(key)) {
                missing.put(key, each);
            }
        }
        Map<LogKey, PartitionLog> created = new ConcurrentHashMap<>();
        Parallel.forEach(
                missing.entrySet(),
                options.threads(),
                each -> created.put(each.getKey(), create(each.getValue(), nowMs)));
        if (!created.isEmpty()) {
            store.syncDirectory(folder.path());
            logs.putAll(created);
        }
        return wanted.stream().map(each -> logs.get(keyOf(each.id()))).toList();
    }

    private PartitionLog create(NewLog wanted, long nowMs) throws IOException {
        refuseDamaged(wanted.id());
        Path directory = folder.path().resolve(wanted.id().directoryName());
        if (store.exists(directory)) {
            clear(directory, wanted.id());
        }
        files.forget(wanted.id());
        PartitionLog log = PartitionLog.create(wanted.id(), directory, wanted.config(), resources, nowMs);
        log.releaseOwner();
        return log;
    }

    /**
     * Tells which logs there must be, of those that no folder has. The ones that were lost here count as damaged from now on.
     * Once, after the open and before anything else.
     */
    void expect(Collection<LogId> missing) throws IOException {
        damaged.putAll(lost.among(missing));
    }

    /** @throws DataFolderException when the log was here, and a new one in its place would hide what it had */
    void refuseDamaged(LogId wanted) throws DataFolderException {
        String reason = damaged.get(keyOf(wanted));
        if (reason != null) {
            throw new DataFolderException(wanted + " is damaged and stays offline: " + reason);
        }
    }

    /** The logs that are not in service because acknowledged records of them are damaged or gone. */
    public Set<LogKey> damaged() {
        return Set.copyOf(damaged.keySet());
    }

    /** Whether the log was found, and is not in service because acknowledged records of it are damaged or gone. */
    boolean isDamaged(LogKey key) {
        return damaged.containsKey(key);
    }

    /**
     * Makes room where a log of an earlier topic of this name was left, because it was damaged or could not be deleted: its
     * records must never show up in the new topic. A directory that cannot say whose it is, is left to the operator.
     */
    private void clear(Path directory, LogId wanted) throws IOException {
        if (logs.values().stream().anyMatch(log -> log.directory().equals(directory))) {
            throw new DataFolderException(directory + " is still in use by an earlier topic of this name");
        }
        boolean hasRecords = store.list(directory).stream().anyMatch(name -> name.endsWith(SegmentFiles.LOG));
        if (hasRecords && LogDirectories.readId(store, directory) == null) {
            throw new DataFolderException(directory + " has records but does not say of which topic; move it away");
        }
        trash.add(PartitionLog.moveAside(store, wanted, directory));
    }

    public @Nullable PartitionLog log(LogKey key) {
        return logs.get(key);
    }

    public Collection<PartitionLog> logs() {
        return logs.values();
    }

    /** Whether the log is in service here: false once it was deleted. */
    public boolean has(PartitionLog log) {
        return logs.get(keyOf(log.id())) == log;
    }

    private static LogKey keyOf(LogId id) {
        return new LogKey(id.topicId(), id.partition());
    }

    public Path folder() {
        return folder.path();
    }

    /** Whether nothing is acknowledged any more. */
    public boolean isOffline() {
        return state.isOffline();
    }

    /** Why the shard is offline, or null. */
    public @Nullable Throwable failure() {
        return state.failure();
    }

    /** Stops acknowledging, for good. */
    public void goOffline(Throwable reason) {
        state.goOffline(reason);
    }

    /** Answers a slot whose stage has broken down. */
    public void fail(ShardSlot slot) {
        if (slot.isOpen()) {
            Outcomes outcomes = new Outcomes(state);
            outcomes.fail(slot);
            outcomes.dispatch();
        }
    }

    /** Syncs and closes everything, with the marker that lets the next start trust it. After the stages have stopped. */
    public FlushSummary close(long nowMs) throws IOException {
        driver(new InlineDriver(this, nowMs));
        // The append thread has stopped: what it owned is ours, also where a checkpoint was half done.
        logs.values().forEach(PartitionLog::releaseOwner);
        compactor.close();
        FlushSummary summary;
        try {
            summary = new Closing(this, logs.values(), options.threads()).closeLogs();
            if (!isOffline()) {
                files.save(logs.values(), nowMs, true);
                folder.putCleanMarker();
            }
        } finally {
            checkpointer.closeFiles();
            journal.close();
            resources.openFiles().closeReleased();
        }
        return summary;
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
