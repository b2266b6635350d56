package io.millrace.broker.connection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of requests and of unsent responses that the broker holds at one time, over all connections. Used by all event
 * loops.
 *
 * <p>Large requests share one half of the budget, and whatever they hold, it counts as no more than that half: however
 * many clients announce large requests, ordinary ones find room beside them.
 *
 * <p>An ordinary reservation succeeds while anything at all is left; a large one if it also fits into the half, or is the
 * only one. So a request larger than the half, or than the whole budget, can pass: otherwise it would wait for ever. The
 * bytes held exceed the budget by one large request at most, and by one ordinary one for each event loop.
 */
public final class MemoryBudget {

    /** What Kafka's producers send by default at most, {@code max.request.size}, with room for what is around the records. */
    static final int ORDINARY_BYTES_MAX = (1 << 20) + (64 << 10);

    private final long bytesMax;
    private final long largeBytesMax;
    private final AtomicLong ordinary = new AtomicLong();
    private final AtomicLong large = new AtomicLong();

    /** Guards both queues. Taken only when somebody waits. */
    private final Object lock = new Object();

    private final ArrayDeque<Runnable> ordinaryWaiters = new ArrayDeque<>();
    private final ArrayDeque<LargeWaiter> largeWaiters = new ArrayDeque<>();
    private volatile boolean ordinaryWaits;

    /** Size of the large request that waits first; 0 if none does. */
    private volatile int largeWaiting;

    private record LargeWaiter(int bytes, Runnable retry) {}

    /** @param bytesMax above zero */
    public MemoryBudget(long bytesMax) {
        if (bytesMax <= 0) {
            throw new IllegalArgumentException("a memory budget of " + bytesMax + " bytes");
        }
        this.bytesMax = bytesMax;
        largeBytesMax = bytesMax / 2;
    }

    /** @return false if there is no room; the caller may then {@link #await} */
    boolean tryReserve(int bytes) {
        AtomicLong held = heldBy(bytes);
        while (true) {
            long before = held.get();
            if (!hasRoom(bytes, before)) {
                return false;
            }
            if (held.compareAndSet(before, before + bytes)) {
                return true;
            }
        }
    }

    /** Gives back what {@link #tryReserve} took for a request of this size, and wakes those who wait. */
    void release(int bytes) {
        giveBack(heldBy(bytes), bytes);
    }

    /** Takes note of bytes that exist already, such as a response, whether or not there is room. */
    void charge(long bytes) {
        ordinary.addAndGet(bytes);
    }

    /** Gives back what {@link #charge} took, and wakes those who wait. */
    void discharge(long bytes) {
        giveBack(ordinary, bytes);
    }

    /**
     * Calls {@code retry} once, on any thread, when there may be room for a request of this size. The lock is taken only
     * when there is none.
     *
     * <p>The race: (1) a reservation fails; (2) the last holder releases and sees nobody waiting; (3) the caller gets
     * here. It is closed by looking at the budget again after joining the queue.
     */
    void await(int bytes, Runnable retry) {
        synchronized (lock) {
            if (isLarge(bytes)) {
                largeWaiters.add(new LargeWaiter(bytes, retry));
            } else {
                ordinaryWaiters.add(retry);
            }
            publishWaiting();
        }
        wakeWhileRoom();
    }

    /** Whether somebody waits for memory that a request of this size, or any response, would give back. */
    boolean isWanted(int bytes) {
        return ordinaryWaits || (largeWaiting > 0 && (isLarge(bytes) || isSpent()));
    }

    /** Bytes held now. */
    public long reservedBytes() {
        return ordinary.get() + large.get();
    }

    private void giveBack(AtomicLong held, long bytes) {
        long left = held.addAndGet(-bytes);
        assert left >= 0 : "released more than was reserved";
        int next = largeWaiting;
        if (ordinaryWaits || (next > 0 && hasRoom(next, large.get()))) {
            wakeWhileRoom();
        }
    }

    private static boolean isLarge(int bytes) {
        return bytes > ORDINARY_BYTES_MAX;
    }

    private AtomicLong heldBy(int bytes) {
        return isLarge(bytes) ? large : ordinary;
    }

    /** @param held by requests of its kind */
    private boolean hasRoom(int bytes, long held) {
        return !isSpent() && (!isLarge(bytes) || held == 0 || held + bytes <= largeBytesMax);
    }

    private boolean isSpent() {
        return ordinary.get() + Math.min(large.get(), largeBytesMax) >= bytesMax;
    }

    private void publishWaiting() {
        ordinaryWaits = !ordinaryWaiters.isEmpty();
        LargeWaiter next = largeWaiters.peek();
        largeWaiting = next == null ? 0 : next.bytes();
    }

    private void wakeWhileRoom() {
        // Everybody for whom there is room is woken: one waiter may have closed meanwhile, and a wake-up given to it
        // alone would be lost. Large ones go in their order, so that the largest are not passed by for ever.
        List<Runnable> woken = new ArrayList<>();
        synchronized (lock) {
            if (!isSpent()) {
                woken.addAll(ordinaryWaiters);
                ordinaryWaiters.clear();
            }
            LargeWaiter next = largeWaiters.peek();
            while (next != null && hasRoom(next.bytes(), large.get())) {
                woken.add(next.retry());
                largeWaiters.remove();
                next = largeWaiters.peek();
            }
            publishWaiting();
        }
        woken.forEach(Runnable::run);
    }
}
