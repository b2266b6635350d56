package io.millrace.broker.group.classic;

/** Where a classic group stands, by the names that tools show. */
public enum GroupState {
    /** It has no members, only offsets or a past. */
    EMPTY("Empty"),
    /** Its members are asked to join the next generation. */
    PREPARING_REBALANCE("PreparingRebalance"),
    /** The members of the generation are known, and wait for what its leader assigns. */
    COMPLETING_REBALANCE("CompletingRebalance"),
    /** Every member has its assignment. */
    STABLE("Stable"),
    /** What clients are told of a group that does not exist. */
    DEAD("Dead");

    private final String title;

    GroupState(String title) {
        this.title = title;
    }

    /** As the protocol has it. */
    public String title() {
        return title;
    }
}
