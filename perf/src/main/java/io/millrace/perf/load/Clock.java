package io.millrace.perf.load;

import java.util.concurrent.locks.LockSupport;

/** Time as a load generator sees it; a test brings its own. */
interface Clock {
    /** As {@link System#nanoTime}. */
    long nanos();

    /** Waits for about so long. */
    void park(long nanos);

    /** The real one: parks, and does not spin, because the broker needs the processor. */
    Clock SYSTEM = new Clock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void park(long nanos) {
            LockSupport.parkNanos(nanos);
        }
    };
}
