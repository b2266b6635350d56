package io.millrace.broker.runtime;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls entries back after a delay, in steps of some milliseconds. Owned by: its event loop. There is at most one timer
 * on the loop however many entries wait, and none while nothing does; most entries leave before their time, which costs
 * no more than unlinking them.
 */
public final class DelayWheel {

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(8);
    private static final int SLOTS = 512;

    /** Something that waits for its time. */
    public abstract static class Entry {

        /** An entry that does not wait is linked to itself. */
        private Entry previous = this;

        private Entry next = this;
        private long deadlineTick;

        /** Runs on the event loop when the time has come; the entry has left the wheel. */
        protected abstract void onDelayOver();
    }

    private final EventLoop eventLoop;
    private final LongSupplier clockNanos;
    private final long startNanos;
    private final Entry[] slots = new Entry[SLOTS];
    private int size;

    /** The last tick whose entries were called. */
    private long passedTick;

    private long armedTick = Long.MAX_VALUE;
    private @Nullable Future<?> timer;

    public DelayWheel(EventLoop eventLoop) {
        this(eventLoop, System::nanoTime);
    }

    /** @param clockNanos as {@link System#nanoTime}; the loop's own timers must go by the same */
    public DelayWheel(EventLoop eventLoop, LongSupplier clockNanos) {
        this.eventLoop = eventLoop;
        this.clockNanos = clockNanos;
        startNanos = clockNanos.getAsLong();
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Ring();
        }
    }

    /** Entries that wait. */
    public int size() {
        return size;
    }

    /** Calls the entry back after the delay at the earliest; it must not be waiting already. */
    public void add(Entry entry, long delayMs) {
        assert eventLoop.inEventLoop();
        if (size == 0) {
            passedTick = Math.max(passedTick, currentTick());
        }
        // The tick after the one in which the time is up: this one may be partly over.
        entry.deadlineTick = tickAt(clockNanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(delayMs)) + 1;
        link(slotOf(entry.deadlineTick), entry);
        size++;
        arm(Math.min(entry.deadlineTick, passedTick + SLOTS));
    }

    /** Takes the entry out, if it is in. */
    public void remove(Entry entry) {
        assert eventLoop.inEventLoop();
        if (entry.next != entry) {
            unlink(entry);
            size--;
        }
    }

    /** Calls back all who wait now, without waiting for their time. */
    public void expireAll() {
        assert eventLoop.inEventLoop();
        for (Entry ring : slots) {
            expire(ring, Long.MAX_VALUE);
        }
    }

    /** Forgets every entry and stops the timer. */
    public void close() {
        assert eventLoop.inEventLoop();
        if (timer != null) {
            timer.cancel(false);
        }
        for (Entry ring : slots) {
            while (ring.next != ring) {
                unlink(ring.next);
            }
        }
        size = 0;
    }

    private void onTimer() {
        timer = null;
        armedTick = Long.MAX_VALUE;
        long now = currentTick();
        long last = Math.min(now, passedTick + SLOTS);
        for (long tick = passedTick + 1; tick <= last; tick++) {
            expire(slotOf(tick), now);
        }
        passedTick = now;
        if (size > 0) {
            arm(nextTick());
        }
    }

    private void expire(Entry ring, long now) {
        // An entry may add or remove others while it is called, so each round starts at the head.
        Entry entry = dueIn(ring, now);
        while (entry != null) {
            unlink(entry);
            size--;
            entry.onDelayOver();
            entry = dueIn(ring, now);
        }
    }

    private static @Nullable Entry dueIn(Entry ring, long now) {
        Entry entry = ring.next;
        while (entry != ring) {
            if (entry.deadlineTick <= now) {
                return entry;
            }
            entry = entry.next;
        }
        return null;
    }

    /** The next slot that holds anything; its entries may belong to a later turn of the wheel. */
    private long nextTick() {
        long tick = passedTick + 1;
        while (tick < passedTick + SLOTS) {
            Entry ring = slotOf(tick);
            if (ring.next != ring) {
                break;
            }
            tick++;
        }
        return tick;
    }

    private void arm(long tick) {
        if (tick >= armedTick) {
            return;
        }
        if (timer != null) {
            timer.cancel(false);
        }
        armedTick = tick;
        long delay = startNanos + tick * TICK_NANOS - clockNanos.getAsLong();
        timer = eventLoop.schedule(this::onTimer, Math.max(0, delay), TimeUnit.NANOSECONDS);
    }

    private long currentTick() {
        return tickAt(clockNanos.getAsLong());
    }

    private long tickAt(long nanos) {
        return Math.floorDiv(nanos - startNanos, TICK_NANOS);
    }

    private Entry slotOf(long tick) {
        return slots[Math.floorMod(tick, SLOTS)];
    }

    private static void link(Entry ring, Entry entry) {
        assert entry.next == entry : "already waiting";
        Entry last = ring.previous;
        entry.previous = last;
        entry.next = ring;
        last.next = entry;
        ring.previous = entry;
    }

    private static void unlink(Entry entry) {
        entry.previous.next = entry.next;
        entry.next.previous = entry.previous;
        entry.previous = entry;
        entry.next = entry;
    }

    /** The head of a slot's ring, never called. */
    private static final class Ring extends Entry {

        @Override
        protected void onDelayOver() {
            throw new AssertionError("the head of a slot does not wait");
        }
    }
}
