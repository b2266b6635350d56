package io.millrace.perf.crash;

import java.util.Arrays;

/**
 * What one writer knows about its records in one partition. The writer's thread adds, the thread of its producer
 * acknowledges, the checker reads.
 */
final class Lane {
    /** Sent, and not acknowledged: it may be in the log once, or not. */
    static final long UNKNOWN = -2;

    /** Acknowledged without an offset, as a retry may be: it is in the log once. */
    static final long SOMEWHERE = -1;

    private long[] offsets = new long[256];
    private int sent;

    /** @return the number of the next record */
    synchronized int next() {
        if (sent == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * sent);
        }
        offsets[sent] = UNKNOWN;
        return sent++;
    }

    synchronized void acknowledged(int number, long offset) {
        offsets[number] = offset;
    }

    synchronized int sent() {
        return sent;
    }

    /** The offset that the broker gave, {@link #SOMEWHERE} or {@link #UNKNOWN}. */
    synchronized long offset(int number) {
        return offsets[number];
    }

    synchronized int acknowledgedCount() {
        return (int) Arrays.stream(offsets, 0, sent).filter(o -> o != UNKNOWN).count();
    }
}
