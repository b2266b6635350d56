package io.millrace.broker.group.consumer;

import io.millrace.broker.group.decision.Decision;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import io.millrace.wire.message.LeaveGroupResponse;
import io.millrace.wire.message.LeaveGroupResponse.MemberResponse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One LeaveGroup: members that speak the classic protocol go, or an administrator sends any away. By themselves the others leave
 * with a heartbeat. One use.
 */
final class Dismissal {

    private final ConsumerGroup group;
    private final Set<ConsumerMember> leaving = new LinkedHashSet<>();

    Dismissal(ConsumerGroup group) {
        this.group = group;
    }

    Decision decide(List<MemberIdentity> identities, Consumer<LeaveGroupResponse> reply, TopicView topics) {
        List<MemberResponse> answers = new ArrayList<>(identities.size());
        for (MemberIdentity each : identities) {
            answers.add(new MemberResponse()
                    .memberId(each.memberId())
                    .groupInstanceId(each.groupInstanceId())
                    .errorCode(dismiss(each.memberId(), each.groupInstanceId()).code()));
        }
        LeaveGroupResponse response = new LeaveGroupResponse().members(answers);
        if (leaving.isEmpty()) {
            reply.accept(response);
            return Decision.DONE;
        }
        return group.remove(
                leaving,
                topics,
                at -> reply.accept(response),
                (error, at) -> reply.accept(new LeaveGroupResponse().errorCode(error.code())));
    }

    private ErrorCode dismiss(String memberId, @Nullable String instanceId) {
        ConsumerMember member = instanceId == null ? group.member(memberId) : group.memberOf(instanceId);
        if (member == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        if (!memberId.isEmpty() && !memberId.equals(member.id)) {
            return ErrorCode.FENCED_INSTANCE_ID;
        }
        return leaving.add(member) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
    }
}
