package io.millrace.broker.group.consumer;

import io.millrace.wire.message.ConsumerGroupCurrentMemberAssignmentValue;

/**
 * How far a member has come. Immutable.
 *
 * @param epoch which the member knows, or is told with the next answer
 * @param previousEpoch which the member may still be in if an answer was lost
 * @param assigned what it has or is to have now
 * @param revoking what it is asked to give up
 */
record Progress(int epoch, int previousEpoch, MemberState state, OwnedPartitions assigned, OwnedPartitions revoking) {

    /** With this epoch a member joins. */
    static final int JOINING_EPOCH = 0;

    /** With this one it leaves, */
    static final int LEAVING_EPOCH = -1;

    /** or, if it is static, leaves its place to who comes back under its instance id. */
    static final int LEAVING_STATIC_EPOCH = -2;

    /** Of a member that has just come. */
    static final Progress NONE =
            new Progress(JOINING_EPOCH, -1, MemberState.STABLE, OwnedPartitions.NONE, OwnedPartitions.NONE);

    /** Of one that has gone, as long as it is still known who it was. */
    static final Progress GONE =
            new Progress(LEAVING_EPOCH, LEAVING_EPOCH, MemberState.STABLE, OwnedPartitions.NONE, OwnedPartitions.NONE);

    /** A step on the way. */
    Progress to(int nextEpoch, MemberState next, OwnedPartitions nowAssigned, OwnedPartitions nowRevoking) {
        return new Progress(nextEpoch, epoch, next, nowAssigned, nowRevoking);
    }

    /** A static member stops; what it was assigned is kept for it. */
    Progress away() {
        return new Progress(LEAVING_STATIC_EPOCH, previousEpoch, state, assigned, OwnedPartitions.NONE);
    }

    /** The same place for a member that comes in the stead of this one. */
    Progress taken() {
        return new Progress(JOINING_EPOCH, JOINING_EPOCH, state, assigned, revoking);
    }

    boolean isAway() {
        return epoch == LEAVING_STATIC_EPOCH;
    }

    /** Whether nothing is left to do in this epoch of the target assignment. */
    boolean isAt(int targetEpoch) {
        return state == MemberState.STABLE && epoch == targetEpoch;
    }

    // ---- records

    static Progress of(ConsumerGroupCurrentMemberAssignmentValue record) {
        return new Progress(
                record.memberEpoch(),
                record.previousMemberEpoch(),
                MemberState.of(record.state()),
                OwnedPartitions.of(record.assignedPartitions(), record.memberEpoch()),
                OwnedPartitions.of(record.partitionsPendingRevocation(), record.memberEpoch()));
    }

    ConsumerGroupCurrentMemberAssignmentValue recorded() {
        return new ConsumerGroupCurrentMemberAssignmentValue()
                .memberEpoch(epoch)
                .previousMemberEpoch(previousEpoch)
                .state(state.number())
                .assignedPartitions(assigned.recorded())
                .partitionsPendingRevocation(revoking.recorded());
    }
}
