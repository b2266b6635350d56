package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.CheckpointFile;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.LogDirectories;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.journal.JournalEntry;
import io.millrace.broker.storage.segment.SegmentFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a data folder can prove of logs that it held and has not any more: their directories were deleted behind our back,
 * or do not say any more of which topic they are. A log without such a proof never had an acknowledged record, so that it may
 * be created again.
 *
 * <p>The journal goes by topic id, the checkpoint file by name. A line of a topic that was deleted is not taken for one of its
 * namesake: it goes before the directory does, see {@link Trash}.
 *
 * <p>Filled by the thread that opens the shard, except {@link #onFound}: by its helpers.
 */
final class LostLogs {

    private static final Logger log = LoggerFactory.getLogger(LostLogs.class);

    private final Path folder;
    private final FileStore store;
    private final CheckpointFiles files;
    private final Set<CheckpointFile.Key> found = ConcurrentHashMap.newKeySet();
    private final Map<LogKey, Long> journalled = new HashMap<>();
    private Map<CheckpointFile.Key, Long> checkpointed = Map.of();

    LostLogs(Path folder, FileStore store, CheckpointFiles files) {
        this.folder = folder;
        this.store = store;
        this.files = files;
    }

    /** There is a directory of this log, in whatever state. */
    void onFound(LogId id) {
        found.add(CheckpointFiles.key(id));
    }

    /** All directories were looked at. */
    void onListed(List<String> names) {
        List<String> aside = names.stream().filter(LogDirectories::isAside).toList();
        checkpointed = files.keepOthers(key -> found.contains(key)
                || aside.stream().anyMatch(name -> LogDirectories.isAsideOf(name, key.topic(), key.partition())));
    }

    /** The journal has records of a log that cannot be opened. */
    void onJournalled(JournalEntry entry) {
        journalled.merge(
                new LogKey(entry.topicId(), entry.partition()), ReplayedBatches.endOffset(entry.body()), Math::max);
    }

    /** Those of the missing logs that were lost here, and why one must think so. The others are forgotten. Once. */
    Map<LogKey, String> among(Collection<LogId> missing) throws IOException {
        Map<LogKey, String> lost = new HashMap<>();
        for (LogId id : missing) {
            LogKey key = new LogKey(id.topicId(), id.partition());
            boolean nameless = isNameless(id);
            long end =
                    Math.max(checkpointed.getOrDefault(CheckpointFiles.key(id), 0L), journalled.getOrDefault(key, 0L));
            if (nameless || end > 0) {
                files.keep(id, end);
                checkpointed.remove(CheckpointFiles.key(id));
                String reason = nameless ? reasonOfNameless(id) : reasonOfGone(id, end);
                log.error("{} stays offline: {}", id, reason);
                lost.put(key, reason);
            }
        }
        checkpointed.keySet().forEach(files::release);
        return lost;
    }

    /** Whether the directory has records and does not say of which topic. */
    private boolean isNameless(LogId id) throws IOException {
        Path directory = folder.resolve(id.directoryName());
        return !found.contains(CheckpointFiles.key(id))
                && store.exists(directory)
                && store.list(directory).stream().anyMatch(name -> name.endsWith(SegmentFiles.LOG));
    }

    private String reasonOfNameless(LogId id) {
        return folder.resolve(id.directoryName()) + " has records but does not say of which topic;"
                + " put its partition.metadata back, or delete the topic";
    }

    private String reasonOfGone(LogId id, long end) {
        return folder.resolve(id.directoryName()) + " is gone, though it had records up to offset " + end
                + "; put it back while the broker is stopped, or delete the topic";
    }
}
