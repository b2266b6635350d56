package io.millrace.broker.group.decision;

/**
 * Now, by two clocks.
 *
 * @param wallMs what records are stamped with and what retention goes by
 * @param steadyMs what deadlines go by: a clock that is set must not end every session at once. Counts from anywhere
 */
public record Moment(long wallMs, long steadyMs) {

    /** A steady time that never comes. */
    public static final long NEVER = Long.MAX_VALUE;

    /** The steady time after so many milliseconds. */
    public long in(long ms) {
        return steadyMs + ms;
    }

    /** Whether a steady time has come. */
    public boolean isPast(long deadlineMs) {
        return deadlineMs != NEVER && deadlineMs <= steadyMs;
    }
}
