package io.millrace.broker.storage.shard;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a stop made durable.
 *
 * @param logs all logs that were closed
 * @param flushed those among them with records that only the journal, or only the page cache, had
 * @param offline folders that had failed; their marker is missing, so that the next start recovers them
 */
public record FlushSummary(int logs, int flushed, List<Path> offline) {

    FlushSummary plus(FlushSummary other) {
        List<Path> folders = new ArrayList<>(offline);
        folders.addAll(other.offline);
        return new FlushSummary(logs + other.logs, flushed + other.flushed, List.copyOf(folders));
    }

    /** True when the next start has nothing to recover. */
    public boolean isClean() {
        return offline.isEmpty();
    }
}
