package io.millrace.broker.runtime;

import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Hands work from other threads to an event loop, which is woken once for all that arrives before it looks. Commit
 * threads finish many requests at a time: this is what keeps that from being as many wake-ups.
 */
public final class LoopInbox {

    private final EventLoop eventLoop;
    private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    public LoopInbox(EventLoop eventLoop) {
        this.eventLoop = eventLoop;
    }

    public EventLoop eventLoop() {
        return eventLoop;
    }

    /**
     * Runs the task on the event loop, after those submitted before. Any thread; tasks must not throw. Forgets it when the
     * loop has been shut down.
     */
    public void submit(Runnable task) {
        work.add(task);
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            try {
                eventLoop.execute(this::drain);
            } catch (RejectedExecutionException e) {
                // The loop is shut down, and whoever the work was for is gone with it.
                scheduled.set(false);
                work.clear();
            }
        }
    }

    private void drain() {
        // Cleared first: a task added after the last poll schedules another round.
        scheduled.set(false);
        Runnable next = work.poll();
        while (next != null) {
            next.run();
            next = work.poll();
        }
    }
}
