package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.SmallFiles;
import io.millrace.broker.storage.StoreFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code log.dirs}: locked for this process, of a format that this version knows, and belonging to this broker.
 *
 * <p>Lifecycle: {@link #open} locks and checks the format before anything is read; {@link DataFolders#claim} checks or writes
 * whose folder it is, once the cluster id is known; {@link #close} unlocks. The lock is the operating system's, so it ends with
 * the process however that ends.
 */
public final class DataFolder implements Closeable {

    /** Grows when older versions could not read what this one writes. */
    static final int FORMAT_VERSION = 1;

    private static final String LOCK = ".lock";
    static final String META = "meta.properties";
    private static final String CLEAN = ".clean-shutdown";
    private static final String RECOVERING = ".recovering";
    private static final String FORMAT_KEY = "millrace.format";
    private static final String CLUSTER_KEY = "cluster.id";
    private static final String NODE_KEY = "node.id";
    private static final String DIRECTORY_KEY = "directory.id";
    static final String COMPANION_PREFIX = "millrace.companion.";

    private final FileStore store;
    private final Path path;
    private final StoreFile lock;

    private DataFolder(FileStore store, Path path, StoreFile lock) {
        this.store = store;
        this.path = path;
        this.lock = lock;
    }

    /**
     * Creates the folder where it is missing, locks it and checks its format.
     *
     * @throws DataFolderException when another process or broker uses it, or a newer version or Kafka wrote it
     */
    public static DataFolder open(FileStore store, Path path) throws IOException {
        createDurably(store, path.toAbsolutePath());
        Path lockPath = path.resolve(LOCK);
        StoreFile lock = store.exists(lockPath) ? store.open(lockPath) : store.create(lockPath);
        DataFolder folder = new DataFolder(store, path, lock);
        try {
            folder.acquire();
            folder.checkFormat();
            return folder;
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    /** Each name above that had to be made must survive a power loss, or all below it would be gone. */
    private static void createDurably(FileStore store, Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent == null || store.exists(folder)) {
            return;
        }
        createDurably(store, parent);
        store.createDirectories(folder);
        store.syncDirectory(parent);
    }

    private void acquire() throws IOException {
        FileChannel channel = lock.channel();
        if (channel == null) {
            return;
        }
        try {
            FileLock held = channel.tryLock();
            if (held != null) {
                return;
            }
        } catch (OverlappingFileLockException heldByThisProcess) {
            // falls through to the same refusal
        }
        throw new DataFolderException(
                "data folder " + path + " is in use by another broker; stop that one, or give this"
                        + " one a folder of its own with log.dirs");
    }

    private void checkFormat() throws IOException {
        Map<String, String> meta = readMeta();
        if (meta.isEmpty()) {
            return;
        }
        String format = meta.get(FORMAT_KEY);
        if (format == null) {
            throw new DataFolderException("data folder " + path + " was not written by Millrace: " + META + " has no "
                    + FORMAT_KEY + "; choose another folder with log.dirs");
        }
        int version;
        try {
            version = Integer.parseInt(format);
        } catch (NumberFormatException e) {
            throw new DataFolderException(path.resolve(META) + ": " + FORMAT_KEY + "=" + format + " is not a number");
        }
        if (version > FORMAT_VERSION) {
            throw new DataFolderException("data folder " + path + " has format " + version
                    + ", written by a newer version;" + " this version reads formats up to " + FORMAT_VERSION);
        }
    }

    /**
     * Makes sure that the folder belongs to this broker of this cluster, and writes that down in a new folder.
     *
     * @throws DataFolderException when it belongs to another
     */
    void claim(String clusterId, int nodeId) throws IOException {
        Map<String, String> meta = readMeta();
        check(meta, CLUSTER_KEY, clusterId);
        check(meta, NODE_KEY, Integer.toString(nodeId));
        if (meta.isEmpty()) {
            meta.put("version", "1");
            meta.put(FORMAT_KEY, Integer.toString(FORMAT_VERSION));
            meta.put(CLUSTER_KEY, clusterId);
            meta.put(NODE_KEY, Integer.toString(nodeId));
            meta.put(DIRECTORY_KEY, UUID.randomUUID().toString());
            writeMeta(meta);
        }
    }

    /** Which folder this is, wherever it is mounted; null before it was claimed for the first time. */
    @Nullable
    String directoryId() throws IOException {
        return readMeta().get(DIRECTORY_KEY);
    }

    /** The other folders that this one was used with, by id: the path of each when it was last seen. */
    Map<String, String> companions() throws IOException {
        Map<String, String> companions = new LinkedHashMap<>();
        readMeta().forEach((key, value) -> {
            if (key.startsWith(COMPANION_PREFIX)) {
                companions.put(key.substring(COMPANION_PREFIX.length()), value);
            }
        });
        return companions;
    }

    /** Remembers the other folders, durably. */
    void companions(Map<String, String> companions) throws IOException {
        if (!companions.equals(companions())) {
            Map<String, String> meta = readMeta();
            meta.keySet().removeIf(key -> key.startsWith(COMPANION_PREFIX));
            companions.forEach((id, where) -> meta.put(COMPANION_PREFIX + id, where));
            writeMeta(meta);
        }
    }

    private void writeMeta(Map<String, String> meta) throws IOException {
        StringBuilder text = new StringBuilder();
        meta.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        SmallFiles.replace(store, path.resolve(META), text.toString());
    }

    private void check(Map<String, String> meta, String key, String expected) throws DataFolderException {
        String found = meta.get(key);
        if (found != null && !found.equals(expected)) {
            throw new DataFolderException(
                    "data folder " + path + " belongs to " + key + "=" + found + ", but this broker has " + expected);
        }
    }

    private Map<String, String> readMeta() throws IOException {
        Map<String, String> meta = new LinkedHashMap<>();
        Path file = path.resolve(META);
        if (store.exists(file)) {
            for (String line : SmallFiles.readLines(store, file)) {
                int equals = line.indexOf('=');
                if (equals > 0 && !line.startsWith("#")) {
                    meta.put(
                            line.substring(0, equals).strip(),
                            line.substring(equals + 1).strip());
                }
            }
        }
        return meta;
    }

    /** Takes the marker of a clean stop away, durably, and says whether there was one. Before anything is written. */
    boolean takeCleanMarker() throws IOException {
        Path marker = path.resolve(CLEAN);
        if (!store.exists(marker)) {
            return false;
        }
        store.delete(marker);
        store.syncDirectory(path);
        return true;
    }

    /**
     * Notes that logs may be cut from now on, durably. A process that dies between a cut and its sync leaves files that look
     * cut to the next process and may look whole again after a power loss: {@code kill}, restart, power loss. So the next
     * recovery must sync what it finds, even where it has nothing to cut.
     *
     * @return whether an earlier recovery did not come to its end
     */
    boolean beginRecovery() throws IOException {
        Path marker = path.resolve(RECOVERING);
        boolean interrupted = store.exists(marker);
        if (!interrupted) {
            store.create(marker).close();
        }
        // Also when it is there: it, and a clean marker that was taken, may be known to the page cache only.
        store.syncDirectory(path);
        return interrupted;
    }

    /** All that was cut is on the disk. If the mark comes back after a power loss, it costs a few syncs. */
    void endRecovery() throws IOException {
        store.delete(path.resolve(RECOVERING));
    }

    /** Says that everything was synced, as the last act of a clean stop. */
    void putCleanMarker() throws IOException {
        SmallFiles.replace(store, path.resolve(CLEAN), "1\n");
    }

    public Path path() {
        return path;
    }

    /** Gives the folder free for other processes. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
