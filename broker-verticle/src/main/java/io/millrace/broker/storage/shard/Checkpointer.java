package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.Interval;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.journal.Journal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Third stage: brings the segments to the disk in the background, so that journal files can be used again. Owned by:
 * checkpoint thread, except {@link #offer}, {@link #awaitFreeFile} and {@link #takeRotationRequest} (commit thread) and
 * {@link #onUnsynced} and {@link #onRemoved} (append thread). Each step is short: at most one log is synced, one file made, or
 * one segment deleted.
 *
 * <p>A journal file is recycled when every log with entries in it was synced past them. Recovery does not depend on the
 * checkpoint file being up to date: it then checks segments from an earlier point on, and finds them whole.
 */
final class Checkpointer {

    /** How often the disk is asked again for room for another journal file. */
    private static final long GROW_RETRY_MS = 10_000;

    private final LogShard shard;
    private final ShardState state;
    private final Journal journal;
    private final CheckpointFiles files;
    private final ShardOptions options;
    private final Queue<SealedFile> sealed = new ConcurrentLinkedQueue<>();
    private final Set<PartitionLog> unsynced = ConcurrentHashMap.newKeySet();
    /** Logs with files of segments to delete; one that is here twice has none the second time. */
    private final Queue<PartitionLog> withRemoved = new ConcurrentLinkedQueue<>();

    private final Trash trash;
    private volatile boolean rotationRequested;
    private volatile boolean commitWaits;
    private volatile ShardDriver driver;
    private @Nullable CheckpointRound round;
    private final Interval sinceRound;
    private final Interval sinceSealedRound;
    private final Interval sinceGrowFailure = Interval.neverDone();

    Checkpointer(
            LogShard shard,
            ShardState state,
            Journal journal,
            CheckpointFiles files,
            Trash trash,
            ShardOptions options,
            long nowMs) {
        this.shard = shard;
        this.state = state;
        this.journal = journal;
        this.files = files;
        this.trash = trash;
        this.options = options;
        this.driver = new InlineDriver(shard, nowMs);
        this.sinceRound = Interval.since(nowMs);
        this.sinceSealedRound = Interval.since(nowMs);
    }

    void driver(ShardDriver newDriver) {
        driver = newDriver;
    }

    // ---- commit thread ----

    void offer(SealedFile file) {
        sealed.add(file);
        driver.wakeCheckpoint();
    }

    /** Returns when the journal can rotate. When all files wait for a checkpoint, commits wait here: backpressure. */
    void awaitFreeFile() throws IOException {
        if (!journal.hasFree()) {
            commitWaits = true;
            driver.wakeCheckpoint();
            driver.awaitCheckpoint(journal::hasFree);
            commitWaits = false;
            if (!journal.hasFree()) {
                throw new IOException("the journal cannot go on", state.failure());
            }
        }
    }

    boolean takeRotationRequest() {
        if (!rotationRequested) {
            return false;
        }
        rotationRequested = false;
        return true;
    }

    boolean isRotationRequested() {
        return rotationRequested;
    }

    // ---- append thread ----

    /** The log has records that only the page cache has, and that are in no journal file. */
    void onUnsynced(PartitionLog log) {
        if (!unsynced.contains(log)) {
            unsynced.add(log);
        }
    }

    /** Segments of the log are to be deleted. */
    void onRemoved(PartitionLog log) {
        withRemoved.add(log);
    }

    // ---- checkpoint thread ----

    /** Does one piece of work if there is any. Takes the shard offline on failure. */
    boolean step(long nowMs) {
        if (state.isOffline()) {
            return false;
        }
        try {
            return grow(nowMs)
                    || advanceRound(nowMs)
                    || deleteFiles()
                    || trash.step(() -> files.save(shard.logs(), nowMs, true));
        } catch (IOException | RuntimeException | Error e) {
            state.goOffline(e);
            driver.wakeCommit();
            return false;
        }
    }

    private boolean deleteFiles() throws IOException {
        PartitionLog log = withRemoved.peek();
        if (log == null) {
            return false;
        }
        try {
            if (!log.deleteFiles()) {
                withRemoved.remove();
            }
        } catch (IOException e) {
            // A log that was deleted meanwhile has no files any more, and nobody misses them.
            if (shard.has(log)) {
                throw e;
            }
            withRemoved.remove();
        }
        return true;
    }

    /** Keeps one file ahead of the commit stage, as long as there may be more files. */
    private boolean grow(long nowMs) throws IOException {
        if (journal.hasFree() || !journal.mayGrow()) {
            return false;
        }
        boolean lastResort = commitWaits && round == null && sealed.isEmpty();
        if (!lastResort && !sinceGrowFailure.isOver(nowMs, GROW_RETRY_MS)) {
            return false;
        }
        if (journal.grow()) {
            driver.wakeCommit();
            return true;
        }
        if (lastResort) {
            throw new IOException("no room for another journal file in " + shard.folder());
        }
        sinceGrowFailure.restart(nowMs);
        return false;
    }

    private boolean advanceRound(long nowMs) throws IOException {
        CheckpointRound current = round;
        if (current == null) {
            current = nextRound(nowMs);
            round = current;
        }
        if (current == null) {
            return false;
        }
        if (current.isDone()) {
            finish(current, nowMs);
            round = null;
        } else {
            current.step(driver);
        }
        return true;
    }

    private @Nullable CheckpointRound nextRound(long nowMs) throws IOException {
        if (isSealedDue(nowMs)) {
            sinceSealedRound.restart(nowMs);
            return CheckpointRound.of(shard, takeSealed());
        }
        if (sinceRound.isOver(nowMs, options.checkpointIntervalMs())) {
            sinceRound.restart(nowMs);
            rotationRequested = true;
            files.save(shard.logs(), nowMs, false);
            return unsyncedRound(inOrder(unsynced.stream()));
        }
        return unsyncedRound(flushDue());
    }

    /**
     * Late rather than early: what a log has in several files is synced once, and the kernel has written much of it by then.
     * The other half of the files is for what commits write meanwhile.
     */
    private boolean isSealedDue(long nowMs) {
        return !sealed.isEmpty()
                && (commitWaits
                        || sealed.size() >= options.journal().filesMax() / 2
                        || sinceSealedRound.isOver(nowMs, options.checkpointIntervalMs()));
    }

    private List<SealedFile> takeSealed() {
        List<SealedFile> taken = new ArrayList<>();
        for (SealedFile file = sealed.poll(); file != null; file = sealed.poll()) {
            taken.add(file);
        }
        return taken;
    }

    private @Nullable CheckpointRound unsyncedRound(List<PartitionLog> logs) {
        // Taken out before their round begins: what is appended later puts them in again.
        logs.forEach(unsynced::remove);
        return logs.isEmpty() ? null : CheckpointRound.ofUnsynced(shard, logs);
    }

    /** Logs whose {@code flush.ms} has passed. */
    private List<PartitionLog> flushDue() throws IOException {
        List<PartitionLog> candidates =
                inOrder(unsynced.stream().filter(log -> log.config().flushMs() != Long.MAX_VALUE));
        if (candidates.isEmpty()) {
            return candidates;
        }
        return driver.onAppendThread((owner, nowMs) ->
                candidates.stream().filter(log -> log.isFlushDue(nowMs)).toList());
    }

    /** By name, so that a simulation does the same again. */
    private static List<PartitionLog> inOrder(Stream<PartitionLog> logs) {
        return logs.sorted(Comparator.comparing(PartitionLog::toString)).toList();
    }

    private void finish(CheckpointRound done, long nowMs) throws IOException {
        List<SealedFile> recyclable = done.sealed();
        files.save(shard.logs(), nowMs, recyclable.stream().anyMatch(SealedFile::hasMarkers));
        for (SealedFile file : recyclable) {
            journal.recycle(file.file());
            driver.wakeCommit();
        }
    }

    /** Closes the files that wait for a checkpoint. After a clean stop recovery does not look at them. */
    void closeFiles() throws IOException {
        List<SealedFile> open = takeSealed();
        if (round != null) {
            open.addAll(round.sealed());
        }
        for (SealedFile file : open) {
            journal.closeSealed(file.file());
        }
    }
}
