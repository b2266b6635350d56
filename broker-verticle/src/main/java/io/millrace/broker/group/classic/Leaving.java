package io.millrace.broker.group.classic;

import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import io.millrace.wire.message.LeaveGroupResponse;
import io.millrace.wire.message.LeaveGroupResponse.MemberResponse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** One LeaveGroup: members that go by themselves, or that an administrator sends away by their instance ids. */
final class Leaving {

    private final ClassicGroup group;
    private final List<MemberIdentity> identities;
    private final Consumer<LeaveGroupResponse> reply;
    private final Moment now;
    private final Set<Member> leaving = new LinkedHashSet<>();
    private final Set<String> uninvited = new LinkedHashSet<>();

    Leaving(ClassicGroup group, List<MemberIdentity> identities, Consumer<LeaveGroupResponse> reply, Moment now) {
        this.group = group;
        this.identities = identities;
        this.reply = reply;
        this.now = now;
    }

    Decision decide() {
        List<MemberResponse> answers = new ArrayList<>(identities.size());
        for (MemberIdentity each : identities) {
            answers.add(new MemberResponse()
                    .memberId(each.memberId())
                    .groupInstanceId(each.groupInstanceId())
                    .errorCode(leave(each).code()));
        }
        return group.rebalance()
                .remove(
                        leaving,
                        uninvited,
                        now,
                        at -> reply.accept(new LeaveGroupResponse().members(answers)),
                        (error, at) -> reply.accept(new LeaveGroupResponse().errorCode(error.code())));
    }

    private ErrorCode leave(MemberIdentity identity) {
        String instanceId = identity.groupInstanceId();
        String memberId = identity.memberId();
        if (memberId.isEmpty()) {
            String current = instanceId == null ? null : group.membership().idOf(instanceId);
            if (current == null) {
                return ErrorCode.UNKNOWN_MEMBER_ID;
            }
            memberId = current;
        } else if (group.invited().has(memberId) && uninvited.add(memberId)) {
            return ErrorCode.NONE;
        } else {
            ErrorCode error = group.checkMember(memberId, instanceId);
            if (error != ErrorCode.NONE) {
                return error;
            }
        }
        Member member = group.membership().get(memberId);
        return member != null && leaving.add(member) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
    }
}
