package io.millrace.broker.storage;

import java.io.IOException;

/**
 * A log's hold on its directory. Syncs that are still under way when the log is deleted must not write by its old path: the
 * name may belong to another log by then. Any thread.
 */
final class DirectoryHold {

    /** What needs the directory where it is. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    private boolean released;

    /** Runs what writes by the directory's path; throws once the hold was given up. */
    synchronized void with(Work work) throws IOException {
        if (released) {
            throw new IOException("the log was deleted");
        }
        work.run();
    }

    /** Gives the directory up, once work under way is done. */
    synchronized void release() {
        released = true;
    }
}
