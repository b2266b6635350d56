package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.group.GroupCoordinators;
import io.millrace.broker.group.consumer.HeartbeatAttempt;
import io.millrace.broker.group.consumer.HeartbeatCheck;
import io.millrace.broker.group.consumer.Refusal;
import io.millrace.broker.group.shard.ConsumerHeartbeat;
import io.millrace.wire.ApiKey;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import io.vertx.core.Future;
import java.util.UUID;

/** ConsumerGroupHeartbeat: all that a member of the next-generation protocol has to say, and is told. */
final class ConsumerGroupHeartbeatHandler
        implements ApiHandler<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse> {

    private final GroupCoordinators groups;

    ConsumerGroupHeartbeatHandler(GroupCoordinators groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey key() {
        return ApiKey.CONSUMER_GROUP_HEARTBEAT;
    }

    @Override
    public Future<ConsumerGroupHeartbeatResponse> handle(
            RequestContext context, ConsumerGroupHeartbeatRequest request) {
        Refusal refusal = HeartbeatCheck.problemWith(request, context.version(), groups.consumerSettings());
        if (refusal != null) {
            return Future.succeededFuture(refusal.response());
        }
        Reply<ConsumerGroupHeartbeatResponse> reply = new Reply<>();
        HeartbeatAttempt attempt = new HeartbeatAttempt(
                request,
                Clients.id(context),
                Clients.host(context),
                request.memberId().isEmpty() ? UUID.randomUUID().toString() : "",
                reply);
        groups.submit(new ConsumerHeartbeat(request.groupId(), attempt));
        return reply.future();
    }
}
