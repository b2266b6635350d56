package io.millrace.broker.group.shard;

import io.millrace.broker.group.consumer.ConsumerGroup;
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
        ConsumerGroup consumers = group.consumers();
        return consumers == null
                ? group.members().leave(members, reply, now)
                : consumers.dismiss(members, reply, group.topics());
    }

    @Override
    public void refuse(ErrorCode error) {
        reply.accept(new LeaveGroupResponse().errorCode(error.code()));
    }
}
