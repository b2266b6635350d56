package io.millrace.client.group;

/** The one heartbeat of a member that is under way, or when the next is due. */
final class Heartbeat {
    private long ticket = Effects.NONE;
    private long sentMs;
    private long dueMs;

    /** {@link Long#MAX_VALUE} while one is under way. */
    long dueMs() {
        return ticket == Effects.NONE ? dueMs : Long.MAX_VALUE;
    }

    void dueAt(long dueMs) {
        this.dueMs = dueMs;
    }

    void sent(long ticket, long nowMs) {
        this.ticket = ticket;
        this.sentMs = nowMs;
    }

    /** When the last one was sent. */
    long sentMs() {
        return sentMs;
    }

    /** Whether it was this one that is over, in whatever way; there may be another now. */
    boolean ends(long ticket) {
        boolean isIt = ticket == this.ticket && ticket != Effects.NONE;
        if (isIt) {
            forget();
        }
        return isIt;
    }

    /** What comes of the one under way does not matter any more. */
    void forget() {
        ticket = Effects.NONE;
    }
}
