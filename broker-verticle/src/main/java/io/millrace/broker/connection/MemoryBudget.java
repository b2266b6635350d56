package io.millrace.broker.connection;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of requests and of unsent responses that the broker holds at one time, over all connections. Used by all event
 * loops.
 *
 * <p>A reservation succeeds while anything at all is left, so that one request larger than the whole budget can pass:
 * the bytes held never exceed the budget by more than one request. Without that rule such a request would wait for ever.
 */
public final class MemoryBudget {

    private final long bytesMax;
    private final AtomicLong reserved = new AtomicLong();
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private volatile int waitingCount;

    /** @param bytesMax above zero */
    public MemoryBudget(long bytesMax) {
        if (bytesMax <= 0) {
            throw new IllegalArgumentException("a memory budget of " + bytesMax + " bytes");
        }
        this.bytesMax = bytesMax;
    }

    /** @return false if nothing is left; the caller may then {@link #await} */
    boolean tryReserve(long bytes) {
        long before = reserved.get();
        while (before < bytesMax) {
            if (reserved.compareAndSet(before, before + bytes)) {
                return true;
            }
            before = reserved.get();
        }
        return false;
    }

    /** Takes note of bytes that exist already, such as a response, whether or not there is room. */
    void charge(long bytes) {
        reserved.addAndGet(bytes);
    }

    /** Gives back what {@link #tryReserve} or {@link #charge} took, and wakes those who wait. */
    void release(long bytes) {
        long left = reserved.addAndGet(-bytes);
        assert left >= 0 : "released more than was reserved";
        if (waitingCount > 0) {
            wakeWhileRoom();
        }
    }

    /**
     * Calls {@code retry} once, on any thread, when there may be room. The lock is taken only when the budget is spent.
     *
     * <p>The race: (1) a reservation fails; (2) the last holder releases and sees nobody waiting; (3) the caller gets
     * here. It is closed by looking at the budget again after joining the queue.
     */
    void await(Runnable retry) {
        synchronized (waiting) {
            waiting.add(retry);
            waitingCount = waiting.size();
        }
        wakeWhileRoom();
    }

    /** How many connections wait for memory now. */
    int waitingCount() {
        return waitingCount;
    }

    /** Bytes held now. */
    public long reservedBytes() {
        return reserved.get();
    }

    private void wakeWhileRoom() {
        // Everybody is woken: one waiter may have closed meanwhile, and a wake-up given to it alone would be lost.
        Runnable[] woken;
        synchronized (waiting) {
            if (reserved.get() >= bytesMax) {
                return;
            }
            woken = waiting.toArray(new Runnable[0]);
            waiting.clear();
            waitingCount = 0;
        }
        for (Runnable retry : woken) {
            retry.run();
        }
    }
}
