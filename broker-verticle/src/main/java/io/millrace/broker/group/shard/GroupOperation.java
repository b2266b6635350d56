package io.millrace.broker.group.shard;

import io.millrace.wire.ErrorCode;

/** An operation that nobody waits for: time, or a change elsewhere, asks for it. */
abstract class GroupOperation implements Operation {

    private final String groupId;

    GroupOperation(String groupId) {
        this.groupId = groupId;
    }

    @Override
    public final String groupId() {
        return groupId;
    }

    @Override
    public final void refuse(ErrorCode error) {
        // Whoever coordinates the group next finds the reason again.
    }
}
