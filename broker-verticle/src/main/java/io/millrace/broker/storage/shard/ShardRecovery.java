package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.CorruptLogException;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogDirectories;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.LogResources;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.journal.EntryType;
import io.millrace.broker.storage.journal.Journal;
import io.millrace.broker.storage.journal.JournalEntry;
import io.millrace.broker.storage.journal.JournalFile;
import io.millrace.broker.storage.journal.ReplaySummary;
import io.millrace.broker.storage.journal.ReplayTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the logs of one data folder back: opens each, puts back from the journal what its segments have lost, and makes
 * sure that everything that will be served is durable. One use, on the thread that opens the shard.
 *
 * <p>After a crash a segment may end anywhere behind its last checkpoint; the journal has every acknowledged batch since
 * then. A batch that the segment has and the journal does not was never acknowledged; it is kept when it is whole and
 * continues the log, as Kafka does, but then it is synced before anybody can see it. The journal files stay until a
 * checkpoint has synced what was replayed, so a crash during recovery starts it again.
 */
final class ShardRecovery implements ReplayTarget {

    private static final Logger log = LoggerFactory.getLogger(ShardRecovery.class);

    private final Path folder;
    private final LogResources resources;
    private final CheckpointFiles files;
    private final Trash trash;
    private final Function<LogId, LogConfig> configs;
    private final int threads;
    private final long nowMs;

    private final Map<LogKey, PartitionLog> logs = new ConcurrentHashMap<>();
    private final Map<LogKey, String> damaged = new ConcurrentHashMap<>();
    private final LostLogs lost;
    private final Map<PartitionLog, Long> journalEnds = new HashMap<>();
    private final List<SealedFile> sealed = new ArrayList<>();
    private final List<SealedFile> tainted = new ArrayList<>();
    private final Set<PartitionLog> stagedLogs = new LinkedHashSet<>();
    private Map<PartitionLog, Long> fileEnds = new LinkedHashMap<>();
    private boolean fileHasMarkers;
    private boolean fileIsTainted;
    private int replayed;
    private int ignored;

    ShardRecovery(
            Path folder,
            LogResources resources,
            CheckpointFiles files,
            Trash trash,
            Function<LogId, LogConfig> configs,
            int threads,
            long nowMs) {
        this.folder = folder;
        this.resources = resources;
        this.files = files;
        this.trash = trash;
        this.configs = configs;
        this.threads = threads;
        this.nowMs = nowMs;
        this.lost = new LostLogs(folder, resources.store(), files);
    }

    /** Logs that can be served. */
    Map<LogKey, PartitionLog> logs() {
        return logs;
    }

    /** Logs that cannot, and why. */
    Map<LogKey, String> damaged() {
        return damaged;
    }

    /** What shows that there were logs that are not here any more. */
    LostLogs lost() {
        return lost;
    }

    /** Journal files to recycle once the logs with entries in them are synced. */
    List<SealedFile> sealed() {
        return sealed;
    }

    /** @param interrupted the recovery before this one did not come to its end */
    OpenSummary run(Journal journal, boolean clean, boolean interrupted) throws IOException {
        files.load();
        openLogs(clean);
        ReplaySummary replay = new ReplaySummary(0, 0, 0);
        if (clean) {
            journal.skipReplay();
        } else {
            replay = journal.replay(this);
        }
        Parallel.forEach(logs.values(), threads, each -> {
            each.releaseOwner();
            each.finishRecovery(journalEnds.getOrDefault(each, -1L), interrupted, nowMs);
            each.releaseOwner();
        });
        for (SealedFile each : tainted) {
            discard(journal, each);
        }
        logs.values().forEach(PartitionLog::releaseOwner);
        if (replay.damagedInside() > 0) {
            log.error("the journal of {} has rotted in {} places", folder, replay.damagedInside());
        }
        return new OpenSummary(
                logs.size(), clean, replay.entries(), replayed, ignored, replay.damagedInside(), damaged.size());
    }

    /**
     * Gets rid of a journal file with entries that were never acknowledged and do not continue their logs. If it stayed:
     * (1) a batch at offset 10 is lost in a torn write, the one at 12 behind it is not, (2) recovery ignores it, (3) new
     * batches take offsets 10 to 14 and are acknowledged, (4) the power fails and the segment loses its end, (5) recovery
     * puts back the new 10 and 11, then the old 12, and skips the new one, whose place is taken.
     */
    private void discard(Journal journal, SealedFile file) throws IOException {
        for (PartitionLog each : file.ends().keySet()) {
            if (each.isDirty()) {
                each.checkpoint();
            }
        }
        files.save(logs.values(), nowMs, true);
        journal.recycleDurably(file.file());
    }

    private void openLogs(boolean clean) throws IOException {
        List<Path> directories = new ArrayList<>();
        List<String> names = resources.store().list(folder);
        for (String name : names) {
            Path directory = folder.resolve(name);
            if (LogDirectories.isAside(name)) {
                trash.add(directory);
            } else if (name.lastIndexOf('-') > 0) {
                directories.add(directory);
            }
        }
        Parallel.forEach(directories, threads, directory -> {
            LogId id = LogDirectories.readId(resources.store(), directory);
            if (id != null) {
                openLog(id, directory, clean);
                lost.onFound(id);
            }
        });
        lost.onListed(names);
    }

    private void openLog(LogId id, Path directory, boolean clean) throws IOException {
        LogKey key = new LogKey(id.topicId(), id.partition());
        try {
            PartitionLog opened = PartitionLog.open(
                            id, directory, configs.apply(id), resources, files.stateOf(id, clean), nowMs)
                    .log();
            opened.releaseOwner();
            logs.put(key, opened);
        } catch (CorruptLogException e) {
            log.error("{} is damaged and stays offline: {}", id, e.getMessage());
            damaged.put(key, e.getMessage());
            files.keep(id);
        }
    }

    @Override
    public void onFileStart(JournalFile file) {
        fileEnds = new LinkedHashMap<>();
        fileHasMarkers = false;
        fileIsTainted = false;
    }

    @Override
    public void onEntry(JournalEntry entry) throws IOException {
        PartitionLog target = logs.get(new LogKey(entry.topicId(), entry.partition()));
        if (target == null) {
            ignored++;
            if (entry.type() == EntryType.BATCHES) {
                lost.onJournalled(entry);
            }
            return;
        }
        switch (entry.type()) {
            case BATCHES -> replayBatches(target, entry);
            case LOG_START -> {
                fileHasMarkers = true;
                target.replayLogStart(entry.offset(), nowMs);
            }
        }
    }

    private void replayBatches(PartitionLog target, JournalEntry entry) throws IOException {
        switch (target.replay(entry.body(), nowMs)) {
            case PRESENT -> {}
            case RESTORED -> {
                replayed++;
                stagedLogs.add(target);
            }
            case BEYOND -> {
                ignored++;
                fileIsTainted = true;
                return;
            }
        }
        long end = ReplayedBatches.endOffset(entry.body());
        fileEnds.merge(target, end, Math::max);
        // Not past a gap: what the journal lacks there is in the page cache, perhaps because its sync failed.
        long covered = journalEnds.getOrDefault(target, target.recoveryPoint());
        if (entry.offset() <= covered) {
            journalEnds.put(target, Math.max(covered, end));
        }
    }

    @Override
    public void onFileEnd(JournalFile file) throws IOException {
        for (PartitionLog each : stagedLogs) {
            each.writeStaged();
        }
        stagedLogs.clear();
        (fileIsTainted ? tainted : sealed).add(new SealedFile(file, fileEnds, fileHasMarkers));
    }
}
