package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the parts of one log share: its identity, its published state, and whether it is in service. Volatile fields are
 * read by any thread; everything is changed by the append thread only, except that any thread may take the log offline.
 */
final class LogContext {

    private static final Logger LOG = LoggerFactory.getLogger(LogContext.class);

    final LogId id;
    final LogResources resources;
    final PublishedLog published;
    final LeaderEpochs epochs;
    final ProducerState producers;
    final CleanedOffset cleaned;

    final DirectoryHold hold = new DirectoryHold();

    volatile LogConfig config;
    volatile Path directory;
    /** Everything before is on the disk, in the segments. */
    volatile long recoveryPoint;

    /** Whether files came or went since the directory was synced; true at first, because recovery may have done that. */
    boolean namesChanged = true;

    private volatile @Nullable String offlineReason;

    LogContext(
            LogId id,
            Path directory,
            LogConfig config,
            LogResources resources,
            PublishedLog published,
            LeaderEpochs epochs,
            ProducerState producers,
            CleanedOffset cleaned,
            long recoveryPoint) {
        this.id = id;
        this.directory = directory;
        this.config = config;
        this.resources = resources;
        this.published = published;
        this.epochs = epochs;
        this.producers = producers;
        this.cleaned = cleaned;
        this.recoveryPoint = recoveryPoint;
    }

    /** Why the log is not in service, or null. */
    @Nullable
    String offlineReason() {
        return offlineReason;
    }

    void takeOffline(Throwable cause) {
        if (offlineReason == null) {
            offlineReason = "the log is offline: " + cause;
            LOG.error("{} goes offline", id, cause);
        }
    }

    void close() {
        if (offlineReason == null) {
            offlineReason = "the log is closed";
        }
    }

    void requireOnline() throws IOException {
        String reason = offlineReason;
        if (reason != null) {
            throw new IOException(id + ": " + reason);
        }
    }
}
