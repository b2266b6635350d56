package io.millrace.broker.group.shard;

import io.millrace.broker.group.classic.SyncAnswers;
import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.message.SyncGroupResponse;
import java.util.function.Consumer;

/**
 * A member wants its assignment, and the leader brings everybody's. It is answered when they are durable, or with an error.
 *
 * @param request its bytes live until then
 */
public record SyncGroup(SyncGroupRequest request, Consumer<SyncGroupResponse> reply) implements Operation {

    @Override
    public String groupId() {
        return request.groupId();
    }

    @Override
    public Decision decide(Group group, Moment now) {
        ConsumerGroup consumers = group.consumers();
        if (consumers != null) {
            reply.accept(consumers.sync(request, group.topics(), now));
            return Decision.DONE;
        }
        return group.members().sync(request, reply, now);
    }

    @Override
    public void refuse(ErrorCode error) {
        reply.accept(SyncAnswers.failed(error));
    }
}
