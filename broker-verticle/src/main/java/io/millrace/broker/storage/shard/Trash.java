package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.FileStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories of deleted logs, whose names are already out of the way. Any thread adds; the checkpoint thread empties, one
 * directory per step. What is left at a stop is found again by its name.
 */
final class Trash {

    private static final Logger log = LoggerFactory.getLogger(Trash.class);

    private final FileStore store;
    private final Queue<Path> directories = new ConcurrentLinkedQueue<>();

    Trash(FileStore store) {
        this.store = store;
    }

    void add(Path directory) {
        directories.add(directory);
    }

    boolean step() {
        Path next = directories.poll();
        if (next == null) {
            return false;
        }
        try {
            store.deleteTree(next);
        } catch (IOException e) {
            // It holds nothing that anybody was promised; the next start tries again.
            log.warn("cannot delete {}: {}", next, e.toString());
        }
        return true;
    }
}
