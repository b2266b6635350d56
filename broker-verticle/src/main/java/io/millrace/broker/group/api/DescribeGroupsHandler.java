package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.group.GroupCoordinators;
import io.millrace.broker.group.shard.DescribeGroup;
import io.millrace.broker.handler.AuthorizedOperations;
import io.millrace.wire.ApiKey;
import io.millrace.wire.message.DescribeGroupsRequest;
import io.millrace.wire.message.DescribeGroupsResponse;
import io.millrace.wire.message.DescribeGroupsResponse.DescribedGroup;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** DescribeGroups: state, members and what they are assigned. */
final class DescribeGroupsHandler implements ApiHandler<DescribeGroupsRequest, DescribeGroupsResponse> {

    private final GroupCoordinators groups;

    DescribeGroupsHandler(GroupCoordinators groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey key() {
        return ApiKey.DESCRIBE_GROUPS;
    }

    @Override
    public Future<DescribeGroupsResponse> handle(RequestContext context, DescribeGroupsRequest request) {
        List<Future<DescribedGroup>> pending = new ArrayList<>();
        for (String each : request.groups()) {
            Reply<DescribedGroup> reply = new Reply<>();
            groups.submit(new DescribeGroup(each, context.version(), reply));
            pending.add(reply.future());
        }
        boolean asked = request.includeAuthorizedOperations();
        return Future.join(pending)
                .map(done -> new DescribeGroupsResponse()
                        .groups(pending.stream()
                                .map(each -> withOperations(each.result(), asked))
                                .toList()));
    }

    private static DescribedGroup withOperations(DescribedGroup group, boolean asked) {
        return asked && group.errorCode() == 0 ? group.authorizedOperations(AuthorizedOperations.ON_GROUP) : group;
    }
}
