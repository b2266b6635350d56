package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.LogResources;
import io.millrace.broker.storage.PartitionLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All logs of a broker, over all its data folders. Finds logs by topic id and partition, and decides which folder a new log
 * goes to. Any thread; {@link #open}, {@link #create} and {@link #close} block on the disk.
 */
public final class LogManager {

    private final List<DataFolder> folders;
    private final List<LogShard> shards;

    private LogManager(List<DataFolder> folders, List<LogShard> shards) {
        this.folders = folders;
        this.shards = shards;
    }

    /**
     * Recovers all folders, which the manager then owns.
     *
     * @param configs the configuration of each log that is found
     * @param random seeds of what must not repeat
     */
    public static LogManager open(
            FileStore store,
            List<DataFolder> folders,
            ShardOptions options,
            int openFilesMax,
            Function<LogId, LogConfig> configs,
            RandomGenerator random,
            long nowMs)
            throws IOException {
        LogResources resources = new LogResources(store, openFilesMax);
        List<LogShard> shards = new ArrayList<>();
        for (DataFolder folder : folders) {
            shards.add(LogShard.open(store, folder, resources, options, configs, random, nowMs));
        }
        return new LogManager(List.copyOf(folders), List.copyOf(shards));
    }

    /** What the open had to do, over all folders. */
    public OpenSummary openSummary() {
        return shards.stream()
                .map(LogShard::openSummary)
                .reduce(new OpenSummary(0, true, 0, 0, 0, 0, 0), OpenSummary::plus);
    }

    /** One shard per data folder, in the order of {@code log.dirs}. */
    public List<LogShard> shards() {
        return shards;
    }

    public @Nullable PartitionLog log(UUID topicId, int partition) {
        LogKey key = new LogKey(topicId, partition);
        for (LogShard shard : shards) {
            PartitionLog log = shard.log(key);
            if (log != null) {
                return log;
            }
        }
        return null;
    }

    public List<PartitionLog> logs() {
        return shards.stream().flatMap(shard -> shard.logs().stream()).toList();
    }

    /** The shard that a log belongs to, or null once the log was deleted. */
    public @Nullable LogShard shardOf(PartitionLog log) {
        for (LogShard shard : shards) {
            if (shard.has(log)) {
                return shard;
            }
        }
        return null;
    }

    /**
     * Tells which logs this broker must have, once, before anything is created or written. Those that were lost from their
     * folder are damaged from now on, rather than replaced by empty ones.
     */
    public void expect(Collection<LogId> wanted) throws IOException {
        List<LogId> missing = wanted.stream()
                .filter(id -> log(id.topicId(), id.partition()) == null && !isDamaged(id.topicId(), id.partition()))
                .toList();
        for (LogShard shard : shards) {
            shard.expect(missing);
        }
    }

    /** Whether a log is not in service because acknowledged records in it are damaged or gone. */
    public boolean isDamaged(UUID topicId, int partition) {
        LogKey key = new LogKey(topicId, partition);
        return shards.stream().anyMatch(shard -> shard.isDamaged(key));
    }

    /**
     * Creates logs that do not exist yet, each in the folder with the fewest logs. Durable when it returns.
     *
     * @throws DataFolderException when one of them is damaged, in whatever folder: an empty log would hide its records, and
     *     give their offsets again
     */
    public synchronized List<PartitionLog> create(List<NewLog> wanted, long nowMs) throws IOException {
        Map<LogShard, List<NewLog>> missing = new HashMap<>();
        for (NewLog each : wanted) {
            if (log(each.id().topicId(), each.id().partition()) == null) {
                for (LogShard shard : shards) {
                    shard.refuseDamaged(each.id());
                }
                missing.computeIfAbsent(emptiest(missing), shard -> new ArrayList<>())
                        .add(each);
            }
        }
        for (Map.Entry<LogShard, List<NewLog>> entry : missing.entrySet()) {
            entry.getKey().create(entry.getValue(), nowMs);
        }
        List<PartitionLog> result = new ArrayList<>();
        for (NewLog each : wanted) {
            PartitionLog log = log(each.id().topicId(), each.id().partition());
            if (log == null) {
                throw new IOException(each.id() + " was deleted while it was created");
            }
            result.add(log);
        }
        return result;
    }

    private LogShard emptiest(Map<LogShard, List<NewLog>> planned) throws IOException {
        return shards.stream()
                .filter(shard -> !shard.isOffline())
                .min(Comparator.comparingInt(shard -> shard.logs().size()
                        + planned.getOrDefault(shard, List.of()).size()))
                .orElseThrow(() -> new DataFolderException("all data folders are offline"));
    }

    /** Syncs and closes everything and unlocks the folders, after the rings have stopped. */
    public FlushSummary close(long nowMs) throws IOException {
        FlushSummary summary = new FlushSummary(0, 0, List.of());
        try {
            for (LogShard shard : shards) {
                summary = summary.plus(shard.close(nowMs));
            }
        } finally {
            for (DataFolder folder : folders) {
                folder.close();
            }
        }
        return summary;
    }
}
