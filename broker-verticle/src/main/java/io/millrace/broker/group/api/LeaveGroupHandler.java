package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.group.GroupCoordinators;
import io.millrace.broker.group.shard.LeaveGroup;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.LeaveGroupRequest;
import io.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import io.millrace.wire.message.LeaveGroupResponse;
import io.vertx.core.Future;
import java.util.List;

/** LeaveGroup: members go, or are sent away. */
final class LeaveGroupHandler implements ApiHandler<LeaveGroupRequest, LeaveGroupResponse> {

    private static final int FIRST_VERSION_WITH_MANY_MEMBERS = 3;

    private final GroupCoordinators groups;

    LeaveGroupHandler(GroupCoordinators groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey key() {
        return ApiKey.LEAVE_GROUP;
    }

    @Override
    public Future<LeaveGroupResponse> handle(RequestContext context, LeaveGroupRequest request) {
        boolean many = context.version() >= FIRST_VERSION_WITH_MANY_MEMBERS;
        List<MemberIdentity> members =
                many ? request.members() : List.of(new MemberIdentity().memberId(request.memberId()));
        Reply<LeaveGroupResponse> reply = new Reply<>();
        LeaveGroup operation = new LeaveGroup(request.groupId(), members, reply);
        if (request.groupId().isEmpty()) {
            operation.refuse(ErrorCode.INVALID_GROUP_ID);
        } else {
            groups.submit(operation);
        }
        return many ? reply.future() : reply.future().map(LeaveGroupHandler::ofOne);
    }

    /** Old versions know one member and one error. */
    private static LeaveGroupResponse ofOne(LeaveGroupResponse response) {
        short code = response.errorCode();
        for (LeaveGroupResponse.MemberResponse each : response.members()) {
            code = code == 0 ? each.errorCode() : code;
        }
        return new LeaveGroupResponse().errorCode(code);
    }
}
