package io.millrace.broker.storage;

/**
 * Something that is due again a while after it was done, by the wall clock. Where that steps back, the wait begins anew: it
 * must not last until the clock has caught up. One owner.
 */
public final class Interval {

    private long lastMs;

    private Interval(long lastMs) {
        this.lastMs = lastMs;
    }

    /** Due for the first time when the wait is over. */
    public static Interval since(long nowMs) {
        return new Interval(nowMs);
    }

    /** Due at once. */
    public static Interval neverDone() {
        return new Interval(Long.MIN_VALUE / 2);
    }

    public boolean isOver(long nowMs, long waitMs) {
        lastMs = Math.min(lastMs, nowMs);
        return nowMs - lastMs >= waitMs;
    }

    public void restart(long nowMs) {
        lastMs = nowMs;
    }
}
