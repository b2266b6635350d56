package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.PartitionLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The last sync of all logs of a shard, on the thread that stops it. */
final class Closing {

    private final LogShard shard;
    private final Collection<PartitionLog> logs;
    private final int threads;
    private final AtomicInteger flushed = new AtomicInteger();

    Closing(LogShard shard, Collection<PartitionLog> logs, int threads) {
        this.shard = shard;
        this.threads = threads;
        this.logs = logs;
    }

    /** Closes every log; syncs them too, unless the shard is offline, or until it becomes so. */
    FlushSummary closeLogs() throws IOException {
        Parallel.forEach(logs, threads, this::close);
        List<Path> offline = shard.isOffline() ? List.of(shard.folder()) : List.of();
        return new FlushSummary(logs.size(), flushed.get(), offline);
    }

    private void close(PartitionLog log) {
        log.releaseOwner();
        if (shard.isOffline()) {
            log.abandon();
            return;
        }
        boolean dirty = log.isDirty();
        try {
            log.close();
            flushed.addAndGet(dirty ? 1 : 0);
        } catch (IOException e) {
            shard.goOffline(e);
        }
    }
}
