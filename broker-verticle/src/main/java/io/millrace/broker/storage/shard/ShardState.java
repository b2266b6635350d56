package io.millrace.broker.storage.shard;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a shard may still promise anything. It goes offline once, for the first failed write or sync or the first bug in a
 * stage, and never comes back in this process: nobody knows what of its files is on the disk. Any thread.
 */
final class ShardState {

    private static final Logger log = LoggerFactory.getLogger(ShardState.class);

    private final Path folder;
    private volatile @Nullable Throwable failure;

    ShardState(Path folder) {
        this.folder = folder;
    }

    boolean isOffline() {
        return failure != null;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    synchronized void goOffline(Throwable reason) {
        if (failure == null) {
            failure = reason;
            log.error("data folder {} is offline until restart: {}", folder, reason.toString(), reason);
        }
    }
}
