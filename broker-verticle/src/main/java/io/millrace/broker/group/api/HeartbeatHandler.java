package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.group.GroupCoordinators;
import io.millrace.broker.group.shard.Heartbeat;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.HeartbeatResponse;
import io.vertx.core.Future;

/** Heartbeat: a member is alive. */
final class HeartbeatHandler implements ApiHandler<HeartbeatRequest, HeartbeatResponse> {

    private final GroupCoordinators groups;

    HeartbeatHandler(GroupCoordinators groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey key() {
        return ApiKey.HEARTBEAT;
    }

    @Override
    public Future<HeartbeatResponse> handle(RequestContext context, HeartbeatRequest request) {
        if (groups.beat(request)) {
            return Future.succeededFuture(new HeartbeatResponse());
        }
        Reply<HeartbeatResponse> reply = new Reply<>();
        Heartbeat operation = new Heartbeat(request, reply);
        if (request.groupId().isEmpty()) {
            operation.refuse(ErrorCode.INVALID_GROUP_ID);
        } else {
            groups.submit(operation);
        }
        return reply.future();
    }
}
