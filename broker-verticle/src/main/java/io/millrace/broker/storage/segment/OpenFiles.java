package io.millrace.broker.storage.segment;

import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.StoreFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Bounds how many segment files are open at once: ten thousand partitions have far more files than descriptors.
 *
 * <p>The files least recently used are closed first, each when its last user is done. A file with bytes that were not
 * synced yet stays open past the limit until its next checkpoint, because a write error that the kernel finds later is
 * reported only to descriptors that were open then. Any thread. The lock is taken to open, close and rename, never to
 * use a file that is open.
 */
public final class OpenFiles {

    /** Files looked at for one that may go; after a kill all may be dirty, and a look at each for each would take long. */
    private static final int LOOKS_MAX = 32;

    private final FileStore store;
    private final int openMax;
    private final Object lock = new Object();
    /** In the order of opening or of the last reprieve; guarded by the lock. */
    private final LinkedHashSet<OpenFile> open = new LinkedHashSet<>();

    private final Queue<OpenFile> released = new ConcurrentLinkedQueue<>();

    public OpenFiles(FileStore store, int openMax) {
        if (openMax < 1) {
            throw new IllegalArgumentException("at least one file must be allowed open, not " + openMax);
        }
        this.store = store;
        this.openMax = openMax;
    }

    public FileStore store() {
        return store;
    }

    /** Files open now, including those that are only kept open by a reader. */
    public int openCount() {
        synchronized (lock) {
            return open.size();
        }
    }

    /** Opens for the first user, who holds the result; others join it without the lock. */
    OpenFile open(SharedFile shared, boolean create) throws IOException {
        closeReleased();
        synchronized (lock) {
            OpenFile current = shared.current();
            if (current != null && current.tryRetain()) {
                return current;
            }
            shared.checkNotClosed();
            Path path = shared.path();
            StoreFile file = create && !store.exists(path) ? store.create(path) : store.open(path);
            OpenFile opened = new OpenFile(shared, file);
            shared.setCurrent(opened);
            open.add(opened);
            closeLeastUsed(opened);
            return opened;
        }
    }

    /**
     * Renames under the lock, so that no reader opens the old name meanwhile. Later users open the file again: some of what a
     * file does goes by the name that it was opened by, which may be another file's soon. Those that hold it keep it, and so
     * does a dirty file.
     */
    void rename(SharedFile shared, Path to) throws IOException {
        OpenFile before;
        boolean held = false;
        synchronized (lock) {
            store.move(shared.path(), to);
            shared.setPath(to);
            before = shared.current();
            if (before != null && !shared.isDirty()) {
                shared.clearCurrent(before);
                held = open.remove(before);
            }
        }
        if (held && before != null) {
            before.release();
        }
    }

    /**
     * Closes a file for good, and gives up the table's hold of it, once. All under the lock, because another thread may (1) be
     * opening the file, and would leave an entry that nobody removes, or (2) to make room, have given up that hold.
     */
    void close(SharedFile shared) {
        OpenFile last;
        boolean held;
        synchronized (lock) {
            last = shared.closeCurrent();
            held = last != null && open.remove(last);
        }
        if (held && last != null) {
            last.release();
        }
    }

    /** Takes over the last hold of a file from a thread that must not wait. */
    void releaseLater(OpenFile last) {
        released.add(last);
    }

    /** Closes the files whose last user could not wait for that. Now and then, on a thread that may wait for a disk. */
    public void closeReleased() {
        for (OpenFile last = released.poll(); last != null; last = released.poll()) {
            last.release();
        }
    }

    /** Second chance: a file used since the last look goes to the back of the queue instead of being closed. */
    private void closeLeastUsed(OpenFile newest) {
        int looksLeft = Math.min(2 * open.size(), LOOKS_MAX);
        while (open.size() > openMax && looksLeft-- > 0) {
            Iterator<OpenFile> iterator = open.iterator();
            OpenFile candidate = iterator.next();
            iterator.remove();
            if (candidate == newest
                    || candidate.clearUsed()
                    || candidate.shared().isDirty()) {
                open.add(candidate);
            } else {
                candidate.shared().clearCurrent(candidate);
                candidate.release();
            }
        }
    }
}
