package io.millrace.client.group;

/**
 * What a member may conclude about the coordinator's clocks from its own. A session cannot have ended before the last
 * request was <em>sent</em> that was answered as to a member, plus the session timeout. And a rebalance cannot have
 * begun before the last request was sent whose answer knew of none, so that nobody was thrown out for being late before
 * that plus the rebalance timeout.
 */
final class Session {
    private final GroupOptions options;
    private long contactMs;
    private long quietMs;
    /** An answer was lost or refused: the coordinator may have gone on without this member. */
    private boolean troubled;

    Session(GroupOptions options) {
        this.options = options;
    }

    /** The coordinator has answered a request that was sent then, and knows of no rebalance. */
    void onQuiet(long sentMs) {
        contactMs = sentMs;
        quietMs = sentMs;
        troubled = false;
    }

    /** The coordinator has answered a request that was sent then: there is a rebalance. */
    void onRebalance(long sentMs) {
        contactMs = sentMs;
    }

    /** The coordinator may not have got what it should hold back. */
    void onTrouble() {
        troubled = true;
    }

    /**
     * The member joins. A coordinator that holds a join back keeps the member; but if it has not heard of it for long,
     * it is not said that the join comes in time.
     */
    void onJoin(long nowMs) {
        troubled |= nowMs - contactMs > options.sessionTimeoutMs() / 2;
    }

    boolean isTroubled() {
        return troubled;
    }

    /** When the coordinator may have given up on the member. */
    long endsMs() {
        return Math.min(contactMs + options.sessionTimeoutMs(), quietMs + options.rebalanceTimeoutMs());
    }

    /** How long the application may take to finish what a rebalance takes away. */
    long drainUntilMs(long nowMs) {
        return Math.max(nowMs, quietMs + options.drainMs());
    }
}
