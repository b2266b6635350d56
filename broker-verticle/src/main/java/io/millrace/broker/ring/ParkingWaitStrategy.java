package io.millrace.broker.ring;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets the two stages of a ring spin for a moment, then park until they are woken. The first stage looks for work beside the
 * ring whenever it waits: then all that it took from the ring is finished. Costs nothing when idle, and at most one
 * {@code unpark} per batch under load, because a stage that is busy is not parked.
 *
 * <p>The strategies that come with the Disruptor wake every stage on every publish, or let the second stage spin for as long
 * as the first one works, which on a small machine takes the core that the first one needs. Here a publish wakes the first
 * stage only, and the first stage wakes the second with {@link #signalSecondStage} after moving its sequence.
 *
 * <p>A wake-up cannot be lost: the stage (1) announces itself, (2) passes a full fence, (3) looks at the sequence again and
 * parks only if nothing came; the other side (1) moves the sequence, (2) passes a full fence, (3) looks for an announced
 * stage. At least one of them sees the other.
 */
final class ParkingWaitStrategy implements WaitStrategy {

    /** A microsecond or two: longer than a publish in progress, much shorter than a context switch. */
    private static final int SPINS = 100;

    private final AtomicReference<@Nullable Thread> first = new AtomicReference<>();
    private final AtomicReference<@Nullable Thread> second = new AtomicReference<>();
    private final Runnable besideRing;

    /** @param besideRing runs on the thread of the first stage, after each batch and each {@link #signalFirstStage} */
    ParkingWaitStrategy(Runnable besideRing) {
        this.besideRing = besideRing;
    }

    @Override
    public long waitFor(long sequence, Sequence cursor, Sequence dependentSequence, SequenceBarrier barrier)
            throws AlertException {
        // Only the first stage depends on nothing but the cursor.
        boolean isFirst = dependentSequence == cursor;
        if (isFirst) {
            besideRing.run();
        }
        for (int i = 0; i < SPINS; i++) {
            long available = dependentSequence.get();
            if (available >= sequence) {
                return available;
            }
            barrier.checkAlert();
            Thread.onSpinWait();
        }
        return park(isFirst ? first : second, sequence, dependentSequence, barrier);
    }

    private long park(
            AtomicReference<@Nullable Thread> parked, long sequence, Sequence dependent, SequenceBarrier barrier)
            throws AlertException {
        try {
            while (true) {
                parked.set(Thread.currentThread());
                VarHandle.fullFence();
                if (parked == first) {
                    besideRing.run();
                }
                long available = dependent.get();
                if (available >= sequence) {
                    return available;
                }
                barrier.checkAlert();
                LockSupport.park(this);
            }
        } finally {
            parked.set(null);
        }
    }

    /** Called by the Disruptor after every publish and when a stage is halted. */
    @Override
    public void signalAllWhenBlocking() {
        wake(first);
    }

    /** Called when there is work for the first stage beside the ring. */
    void signalFirstStage() {
        wake(first);
    }

    /** Called by the first stage after a batch, and once after the second stage was halted. */
    void signalSecondStage() {
        wake(second);
    }

    private static void wake(AtomicReference<@Nullable Thread> parked) {
        VarHandle.fullFence();
        if (parked.get() != null) {
            Thread thread = parked.getAndSet(null);
            if (thread != null) {
                LockSupport.unpark(thread);
            }
        }
    }
}
