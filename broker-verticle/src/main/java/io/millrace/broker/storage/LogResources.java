package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.OpenFiles;
import io.millrace.broker.storage.segment.TailMemory;
import io.millrace.broker.storage.segment.TailOptions;
import org.jspecify.annotations.Nullable;

/**
 * What logs share.
 *
 * @param store any thread
 * @param openFiles any thread
 * @param tails holds the ends of the logs of one shard, whose append thread owns it; null to hold nothing
 */
public record LogResources(
        FileStore store, OpenFiles openFiles, @Nullable TailMemory tails) {

    public LogResources(FileStore store, int openFilesMax) {
        this(store, new OpenFiles(store, openFilesMax), null);
    }

    /** The same for one shard. */
    public LogResources withTails(TailOptions options) {
        return new LogResources(store, openFiles, new TailMemory(options));
    }
}
