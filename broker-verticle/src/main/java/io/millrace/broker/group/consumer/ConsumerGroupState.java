package io.millrace.broker.group.consumer;

/** Where a group stands, by the names that tools show. */
public enum ConsumerGroupState {
    /** It has no members. */
    EMPTY("Empty"),
    /** Something has changed, and there is no target assignment for that yet. */
    ASSIGNING("Assigning"),
    /** Some members are on their way to the target assignment. */
    RECONCILING("Reconciling"),
    /** All members have what they are to have. */
    STABLE("Stable"),
    /** What clients are told of a group that does not exist. */
    DEAD("Dead");

    private final String title;

    ConsumerGroupState(String title) {
        this.title = title;
    }

    /** As the protocol has it. */
    public String title() {
        return title;
    }
}
