package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.PartitionLog;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/** The last sync of all logs of a shard, on the thread that stops it. */
final class Closing {

    private final LogShard shard;
    private final Collection<PartitionLog> logs;
    private int flushed;

    Closing(LogShard shard, Collection<PartitionLog> logs) {
        this.shard = shard;
        this.logs = logs;
    }

    /** Closes every log; syncs them too, unless the shard is offline, or until it becomes so. */
    FlushSummary closeLogs() {
        for (PartitionLog log : logs) {
            log.releaseOwner();
            if (shard.isOffline()) {
                log.abandon();
            } else {
                close(log);
            }
        }
        List<java.nio.file.Path> offline = shard.isOffline() ? List.of(shard.folder()) : List.of();
        return new FlushSummary(logs.size(), flushed, offline);
    }

    private void close(PartitionLog log) {
        boolean dirty = log.isDirty();
        try {
            log.close();
            flushed += dirty ? 1 : 0;
        } catch (IOException e) {
            shard.goOffline(e);
        }
    }
}
