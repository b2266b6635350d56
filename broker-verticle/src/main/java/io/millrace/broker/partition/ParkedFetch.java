package io.millrace.broker.partition;

import io.millrace.broker.runtime.DelayWheel;
import io.millrace.broker.runtime.LoopInbox;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A fetch that waits until one of its partitions has more to read, or until its time is over. Owned by: the event loop
 * of its connection, except {@link #onVisibleEnd()}, which commit threads call.
 */
public abstract class ParkedFetch extends DelayWheel.Entry implements Runnable {

    private final LoopInbox inbox;
    private final AtomicBoolean signalled = new AtomicBoolean();

    protected ParkedFetch(LoopInbox inbox) {
        this.inbox = inbox;
    }

    /** Any thread: a partition has more to read. Many calls before the event loop gets to it count as one. */
    final void onVisibleEnd() {
        if (!signalled.get() && signalled.compareAndSet(false, true)) {
            inbox.submit(this);
        }
    }

    /** The hand-over to the event loop. */
    @Override
    public final void run() {
        // Cleared first: what becomes visible while this fetch looks at its partitions signals again.
        signalled.set(false);
        onSignal();
    }

    /** Runs on the event loop after a signal; the fetch may be over by then. */
    protected abstract void onSignal();
}
