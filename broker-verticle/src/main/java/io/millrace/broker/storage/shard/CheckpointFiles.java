package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.CheckpointFile;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.Interval;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.OpenState;
import io.millrace.broker.storage.PartitionLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two files of a data folder that say where each log starts and up to where its segments are on the disk.
 *
 * <p>They name logs by topic name, as Kafka's do, so a line must never outlive its log: a new topic of the same name would
 * take it for its own. Locked, because checkpoints and the creation of logs both write.
 */
final class CheckpointFiles {

    private static final Logger log = LoggerFactory.getLogger(CheckpointFiles.class);

    private final FileStore store;
    private final Path recoveryPointPath;
    private final Path logStartPath;
    private final long intervalMs;
    private Map<CheckpointFile.Key, Long> recoveryPoints = Map.of();
    private Map<CheckpointFile.Key, Long> logStarts = Map.of();
    /** Logs that are damaged: without its lines the next start would take the damage for a torn end, and cut it off. */
    private final Set<CheckpointFile.Key> kept = new HashSet<>();

    /** False until this process wrote both files: what it read need not be what a power loss would leave on the disk. */
    private boolean written;

    private final Interval sinceSave = Interval.neverDone();

    CheckpointFiles(FileStore store, Path folder, long intervalMs) {
        this.store = store;
        this.recoveryPointPath = folder.resolve(CheckpointFile.RECOVERY_POINT);
        this.logStartPath = folder.resolve(CheckpointFile.LOG_START_OFFSET);
        this.intervalMs = intervalMs;
    }

    /** Reads what was saved last. A damaged file counts as missing: then logs are checked from their beginning. */
    synchronized void load() throws IOException {
        recoveryPoints = read(recoveryPointPath);
        logStarts = read(logStartPath);
    }

    private Map<CheckpointFile.Key, Long> read(Path path) throws IOException {
        try {
            return CheckpointFile.read(store, path);
        } catch (io.millrace.broker.storage.CorruptLogException e) {
            log.warn("ignoring {}: {}", path, e.getMessage());
            return Map.of();
        }
    }

    synchronized OpenState stateOf(LogId id, boolean clean) {
        Long recoveryPoint = recoveryPoints.get(key(id));
        long logStart = logStarts.getOrDefault(key(id), 0L);
        return recoveryPoint == null
                ? new OpenState(logStart, 0, false)
                : new OpenState(logStart, recoveryPoint, clean);
    }

    /** Writes both files, unless they were written a moment ago and nothing demands more. */
    synchronized void save(Collection<PartitionLog> logs, long nowMs, boolean demanded) throws IOException {
        if (!demanded && !sinceSave.isOver(nowMs, intervalMs)) {
            return;
        }
        sinceSave.restart(nowMs);
        Map<CheckpointFile.Key, Long> newPoints = new HashMap<>();
        Map<CheckpointFile.Key, Long> newStarts = new HashMap<>();
        for (PartitionLog each : logs) {
            // The start first: it never passes the recovery point of a moment later.
            long start = each.logStartOffset();
            newPoints.put(key(each.id()), each.recoveryPoint());
            if (start > 0) {
                newStarts.put(key(each.id()), start);
            }
        }
        for (CheckpointFile.Key each : kept) {
            keep(each, recoveryPoints, newPoints);
            keep(each, logStarts, newStarts);
        }
        write(newPoints, newStarts);
    }

    /** The start of a log that a restart would find. */
    synchronized long savedStart(LogId id) {
        return logStarts.getOrDefault(key(id), 0L);
    }

    /** Lets what is known of a log survive although the log is not in service. */
    synchronized void keep(LogId id) {
        kept.add(key(id));
    }

    /**
     * Logs that were on the disk up to an offset above 0, except those that are accounted for. What is known of them survives
     * until {@link #release}.
     */
    synchronized Map<CheckpointFile.Key, Long> keepOthers(Predicate<CheckpointFile.Key> accountedFor) {
        Map<CheckpointFile.Key, Long> others = new HashMap<>();
        recoveryPoints.forEach((key, point) -> {
            if (point > 0 && !accountedFor.test(key)) {
                others.put(key, point);
                kept.add(key);
            }
        });
        return others;
    }

    /** Remembers, durably, that a log that is not in service had records up to an offset. */
    synchronized void keep(LogId id, long endOffset) throws IOException {
        CheckpointFile.Key key = key(id);
        kept.add(key);
        if (recoveryPoints.getOrDefault(key, 0L) < endOffset) {
            Map<CheckpointFile.Key, Long> newPoints = new HashMap<>(recoveryPoints);
            newPoints.put(key, endOffset);
            write(newPoints, logStarts);
        }
    }

    /** The log was deleted: its lines go with the next save. */
    synchronized void release(CheckpointFile.Key key) {
        kept.remove(key);
    }

    private static void keep(
            CheckpointFile.Key key, Map<CheckpointFile.Key, Long> old, Map<CheckpointFile.Key, Long> fresh) {
        Long value = old.get(key);
        if (value != null) {
            fresh.put(key, value);
        }
    }

    /** Makes sure that no line of an earlier log of this name is left, before a new one takes its place. */
    synchronized void forget(LogId id) throws IOException {
        CheckpointFile.Key key = key(id);
        kept.remove(key);
        if (!written || recoveryPoints.containsKey(key) || logStarts.containsKey(key)) {
            Map<CheckpointFile.Key, Long> newPoints = new HashMap<>(recoveryPoints);
            Map<CheckpointFile.Key, Long> newStarts = new HashMap<>(logStarts);
            newPoints.remove(key);
            newStarts.remove(key);
            write(newPoints, newStarts);
        }
    }

    private void write(Map<CheckpointFile.Key, Long> newPoints, Map<CheckpointFile.Key, Long> newStarts)
            throws IOException {
        if (!written || !newStarts.equals(logStarts)) {
            CheckpointFile.write(store, logStartPath, newStarts);
            logStarts = newStarts;
        }
        if (!written || !newPoints.equals(recoveryPoints)) {
            CheckpointFile.write(store, recoveryPointPath, newPoints);
            recoveryPoints = newPoints;
        }
        written = true;
    }

    static CheckpointFile.Key key(LogId id) {
        return new CheckpointFile.Key(id.topic(), id.partition());
    }
}
