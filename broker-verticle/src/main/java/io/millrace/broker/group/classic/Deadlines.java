package io.millrace.broker.group.classic;

import io.millrace.broker.group.decision.Moment;

/**
 * When a group has to be looked at, in steady time. A deadline that moves away, as sessions do with every heartbeat, is not
 * followed: the group is looked at in vain once, and says then when the next time is. Owned by: its group.
 */
final class Deadlines {

    /** After a record could not be written, time passes before time alone makes another attempt. */
    private static final int RETRY_MS = 5_000;

    private long phaseEndMs = Moment.NEVER;
    private long firstMs = Moment.NEVER;
    private long retryMs = Long.MIN_VALUE;

    void add(long atMs) {
        firstMs = Math.min(firstMs, atMs);
    }

    /** Those who have not joined, or not asked for their assignment, are waited for until then. */
    void phaseEnds(long atMs) {
        phaseEndMs = atMs;
        add(atMs);
    }

    void endPhase() {
        phaseEndMs = Moment.NEVER;
    }

    boolean isPhaseOver(Moment now) {
        return now.isPast(phaseEndMs);
    }

    void retryLater(Moment now) {
        retryMs = now.in(RETRY_MS);
    }

    boolean isRetryDue(Moment now) {
        return now.steadyMs() >= retryMs;
    }

    /** All deadlines were looked at; this is the first of those that the group knows. */
    void reset(long firstOfGroupMs) {
        firstMs = Math.min(firstOfGroupMs, phaseEndMs);
    }

    long wakeMs() {
        return firstMs == Moment.NEVER ? firstMs : Math.max(firstMs, retryMs);
    }
}
