package io.millrace.broker.storage.segment;

import io.millrace.broker.storage.StoreFile;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open file that counts its users, so that evicting or deleting it never closes the descriptor under a
 * {@code sendfile}. Any thread. Each successful {@link #tryRetain} is paid back by one {@link #release}.
 */
public final class OpenFile {

    private static final Logger LOG = LoggerFactory.getLogger(OpenFile.class);

    private final SharedFile shared;
    private final StoreFile file;
    /** One for the table of open files, one for whoever opened it. */
    private final AtomicInteger users = new AtomicInteger(2);

    /** Since the last look; a file that is opened and never used again is the first to go. */
    private volatile boolean used;

    OpenFile(SharedFile shared, StoreFile file) {
        this.shared = shared;
        this.file = file;
    }

    public StoreFile file() {
        return file;
    }

    SharedFile shared() {
        return shared;
    }

    /** Fails when the last user is gone and the file is closed. */
    boolean tryRetain() {
        int count = users.get();
        while (count > 0) {
            if (users.compareAndSet(count, count + 1)) {
                if (!used) {
                    used = true;
                }
                return true;
            }
            count = users.get();
        }
        return false;
    }

    /** The last release closes the file. */
    public void release() {
        int left = users.decrementAndGet();
        if (left == 0) {
            close();
        } else if (left < 0) {
            throw new IllegalStateException(file.path() + " was released too often");
        }
    }

    /**
     * The same for threads that must not wait, as the last to close a deleted file does until its blocks are free: then {@link
     * OpenFiles#closeReleased} closes it.
     */
    void releaseSoon() {
        int count = users.get();
        while (count > 1) {
            if (users.compareAndSet(count, count - 1)) {
                return;
            }
            count = users.get();
        }
        shared.openFiles().releaseLater(this);
    }

    boolean clearUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    /** What was written is synced or given up by now, so that a failure to close loses nothing. */
    private void close() {
        try {
            file.close();
        } catch (IOException e) {
            LOG.warn("could not close {}", file.path(), e);
        }
    }
}
