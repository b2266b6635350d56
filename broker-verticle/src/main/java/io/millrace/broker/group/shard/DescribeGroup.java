package io.millrace.broker.group.shard;

import io.millrace.broker.group.classic.GroupState;
import io.millrace.broker.group.classic.GroupViews;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DescribeGroupsResponse.DescribedGroup;
import java.util.function.Consumer;

/** A tool wants to see the group. */
public record DescribeGroup(String groupId, short version, Consumer<DescribedGroup> reply) implements Operation {

    /** Before it, a group that does not exist is told as one that is dead (KIP-1043). */
    private static final int FIRST_VERSION_WITH_NOT_FOUND = 6;

    @Override
    public boolean isView() {
        return true;
    }

    @Override
    public Decision decide(Group group, Moment now) {
        if (group.consumers() != null) {
            reply.accept(dead("Group " + groupId + " is not a classic group."));
        } else {
            reply.accept(
                    group.exists() ? GroupViews.described(group.members()) : dead("Group " + groupId + " not found."));
        }
        return Decision.DONE;
    }

    private DescribedGroup dead(String reason) {
        DescribedGroup answer = new DescribedGroup().groupId(groupId).groupState(GroupState.DEAD.title());
        return version < FIRST_VERSION_WITH_NOT_FOUND
                ? answer
                : answer.errorCode(ErrorCode.GROUP_ID_NOT_FOUND.code()).errorMessage(reason);
    }

    @Override
    public void refuse(ErrorCode error) {
        reply.accept(new DescribedGroup().groupId(groupId).errorCode(error.code()));
    }
}
