package io.millrace.broker.fetch;

/** The numbering of the requests of a fetch session (KIP-227). */
final class FetchEpoch {

    /** A request with all partitions, which wants a session. */
    static final int INITIAL = 0;

    /** A request with all partitions, which wants no session, and ends the one it names. */
    static final int FINAL = -1;

    static final int FIRST_INCREMENTAL = 1;

    /** The session id of a client that has none. */
    static final int NO_SESSION = 0;

    private FetchEpoch() {}

    static int next(int epoch) {
        return epoch == Integer.MAX_VALUE ? FIRST_INCREMENTAL : epoch + 1;
    }
}
