package io.millrace.broker.group.consumer;

/** Where a member stands on its way to the target assignment. */
enum MemberState {
    /** It has what it was to have in its epoch. */
    STABLE(0),
    /** It is asked to give partitions up. */
    UNREVOKED(1),
    /** It waits for partitions that others have. */
    UNRELEASED(2),
    /** A later version of the coordinator wrote a state that this one does not know. */
    UNKNOWN(127);

    private final byte number;

    MemberState(int number) {
        this.number = (byte) number;
    }

    /** In records. */
    byte number() {
        return number;
    }

    static MemberState of(byte number) {
        for (MemberState each : values()) {
            if (each.number == number) {
                return each;
            }
        }
        return UNKNOWN;
    }
}
