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
    private final Path folder;
    private final Queue<Path> directories = new ConcurrentLinkedQueue<>();
    /** How many at the head of the queue the checkpoint file has forgotten. */
    private int forgotten;

    Trash(FileStore store, Path folder) {
        this.store = store;
        this.folder = folder;
    }

    /** Saves the checkpoint file. */
    @FunctionalInterface
    interface Forgetting {
        void run() throws IOException;
    }

    void add(Path directory) {
        directories.add(directory);
    }

    /**
     * Deletes one directory, if there is one.
     *
     * @param forget lets the checkpoint file forget logs that are no more: with a line that outlives the directory, the next
     *     start would say that it was lost
     */
    boolean step(Forgetting forget) throws IOException {
        if (forgotten == 0) {
            int waiting = directories.size();
            if (waiting == 0) {
                return false;
            }
            forget.run();
            // Or a power loss could bring the old name back without the file that says of which topic it was.
            store.syncDirectory(folder);
            forgotten = waiting;
        }
        forgotten--;
        Path next = directories.remove();
        try {
            store.deleteTree(next);
        } catch (IOException e) {
            // It holds nothing that anybody was promised; the next start tries again.
            log.warn("cannot delete {}: {}", next, e.toString());
        }
        return true;
    }
}
