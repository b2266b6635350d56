package io.millrace.broker.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Stops the next thread that passes until the test has seen enough. It spins meanwhile: a thread that waits would have to be
 * woken, which is one of the things that are counted.
 */
final class Hold {

    private enum State {
        OPEN,
        ARMED,
        HELD
    }

    private static final long HELD_SECONDS_MAX = 20;
    private static final long POLL_NS = 20_000;

    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

    void begin() {
        state.set(State.ARMED);
    }

    void end() {
        state.set(State.OPEN);
    }

    /** Waits until somebody is held. */
    void awaitHeld() {
        long deadline = deadline();
        while (state.get() != State.HELD) {
            assertThat(System.nanoTime()).as("nobody came to be held").isLessThan(deadline);
            LockSupport.parkNanos(POLL_NS);
        }
    }

    /** For the thread that may be held. */
    void pass() {
        if (state.compareAndSet(State.ARMED, State.HELD)) {
            long deadline = deadline();
            while (state.get() == State.HELD && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
        }
    }

    private static long deadline() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(HELD_SECONDS_MAX);
    }
}
