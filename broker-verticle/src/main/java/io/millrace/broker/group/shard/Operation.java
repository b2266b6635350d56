package io.millrace.broker.group.shard;

import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;

/**
 * Something that is asked of one group. Whoever asked is answered exactly once: by {@link #decide}, by the decision once its
 * records are durable, by the group later on, or by {@link #refuse}.
 */
public interface Operation {

    String groupId();

    /**
     * Runs when everything that was decided about the group before is durable.
     *
     * @param group may be one that does not {@link Group#exists exist}; it does from then on if the operation makes it
     */
    Decision decide(Group group, Moment now);

    /** The group is not coordinated here, not yet, or no longer. */
    void refuse(ErrorCode error);

    /**
     * Whether it only says how far the group has come. Such operations need not wait for each other: what one decides does
     * not depend on whether the one before has happened.
     */
    default boolean isCommit() {
        return false;
    }

    /** Whether it only looks. Such an operation waits for nothing, and sees what is durable. */
    default boolean isView() {
        return false;
    }
}
