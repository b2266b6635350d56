package io.millrace.broker.group.shard;

import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import io.millrace.wire.message.LeaveGroupResponse;
import java.util.List;
import java.util.function.Consumer;

/** Members leave, or are sent away. */
public record LeaveGroup(String groupId, List<MemberIdentity> members, Consumer<LeaveGroupResponse> reply)
        implements Operation {

    @Override
    public Decision decide(Group group, Moment now) {
        return group.members().leave(members, reply, now);
    }

    @Override
    public void refuse(ErrorCode error) {
        reply.accept(new LeaveGroupResponse().errorCode(error.code()));
    }
}
