package io.millrace.broker.storage.segment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A file that is opened when it is needed and may be closed when it is not. Any thread may acquire it; rename, close and
 * the dirty mark belong to the owner of the log.
 */
public final class SharedFile {

    private final OpenFiles openFiles;
    private final AtomicReference<@Nullable OpenFile> current = new AtomicReference<>();
    private volatile Path path;
    private volatile boolean dirty;
    private volatile boolean closed;

    SharedFile(OpenFiles openFiles, Path path) {
        this.openFiles = openFiles;
        this.path = path;
    }

    OpenFiles openFiles() {
        return openFiles;
    }

    Path path() {
        return path;
    }

    /** The open file, held for the caller, who must release it. */
    OpenFile acquire() throws IOException {
        return acquire(false);
    }

    /** The same without waiting: null when the file would have to be opened. */
    @Nullable
    OpenFile acquireIfOpen() {
        OpenFile open = current.get();
        return open != null && open.tryRetain() ? open : null;
    }

    /** The same, and the file is created when it is missing. */
    OpenFile acquireOrCreate() throws IOException {
        return acquire(true);
    }

    private OpenFile acquire(boolean create) throws IOException {
        OpenFile open = acquireIfOpen();
        return open != null ? open : openFiles.open(this, create);
    }

    boolean exists() throws IOException {
        return openFiles.store().exists(path);
    }

    /** Bytes on disk, zero when the file is missing. */
    long sizeOnDisk() throws IOException {
        return exists() ? openFiles.store().size(path) : 0;
    }

    /** Whether bytes were written that no sync has covered. */
    boolean isDirty() {
        return dirty;
    }

    void markDirty() {
        if (!dirty) {
            dirty = true;
        }
    }

    void markClean() {
        dirty = false;
    }

    void rename(Path to) throws IOException {
        openFiles.rename(this, to);
    }

    /** Goes on as a file of another name that begins empty; the one before stays as it is. Before anybody has opened it. */
    void beginAnew(Path other) throws IOException {
        openFiles.store().delete(other);
        path = other;
    }

    /** Deletes the file. Slices that were read before stay readable until they are released. */
    void delete() throws IOException {
        close();
        openFiles.store().delete(path);
    }

    /** No more users from now on; those that hold the file keep it. */
    void close() {
        openFiles.close(this);
    }

    /** Under the lock of the open files. */
    @Nullable
    OpenFile closeCurrent() {
        closed = true;
        return current.getAndSet(null);
    }

    void checkNotClosed() throws IOException {
        if (closed) {
            throw new IOException(path + " is closed");
        }
    }

    @Nullable
    OpenFile current() {
        return current.get();
    }

    void setCurrent(OpenFile open) {
        current.set(open);
    }

    void clearCurrent(OpenFile open) {
        current.compareAndSet(open, null);
    }

    void setPath(Path to) {
        path = to;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
