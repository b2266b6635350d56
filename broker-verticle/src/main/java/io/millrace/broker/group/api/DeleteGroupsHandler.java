package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.group.GroupCoordinators;
import io.millrace.broker.group.shard.DeleteGroup;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DeleteGroupsRequest;
import io.millrace.wire.message.DeleteGroupsResponse;
import io.millrace.wire.message.DeleteGroupsResponse.DeletableGroupResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** DeleteGroups: groups without members are forgotten. */
final class DeleteGroupsHandler implements ApiHandler<DeleteGroupsRequest, DeleteGroupsResponse> {

    private final GroupCoordinators groups;

    DeleteGroupsHandler(GroupCoordinators groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey key() {
        return ApiKey.DELETE_GROUPS;
    }

    @Override
    public Future<DeleteGroupsResponse> handle(RequestContext context, DeleteGroupsRequest request) {
        List<Future<DeletableGroupResult>> pending = new ArrayList<>();
        for (String each : new LinkedHashSet<>(request.groupsNames())) {
            Reply<ErrorCode> reply = new Reply<>();
            groups.submit(new DeleteGroup(each, reply));
            pending.add(reply.future()
                    .map(error -> new DeletableGroupResult().groupId(each).errorCode(error.code())));
        }
        return Future.join(pending)
                .map(done -> new DeleteGroupsResponse()
                        .results(new ArrayList<>(
                                pending.stream().map(Future::result).toList())));
    }
}
