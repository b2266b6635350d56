package io.millrace.broker.group.shard;

import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.HeartbeatResponse;
import java.util.function.Consumer;

/** A member shows that it is there, and hears whether it has to join again. */
public record Heartbeat(HeartbeatRequest request, Consumer<HeartbeatResponse> reply) implements Operation {

    @Override
    public String groupId() {
        return request.groupId();
    }

    @Override
    public Decision decide(Group group, Moment now) {
        ConsumerGroup consumers = group.consumers();
        String instanceId = request.groupInstanceId();
        answer(
                consumers == null
                        ? group.members().heartbeat(request.memberId(), instanceId, request.generationId(), now)
                        : consumers.classicHeartbeat(
                                request.memberId(), instanceId, request.generationId(), group.topics(), now));
        return Decision.DONE;
    }

    /** While the groups are loaded nobody's session ends, so the member may believe that all is well, as with Kafka. */
    @Override
    public void refuse(ErrorCode error) {
        answer(error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : error);
    }

    private void answer(ErrorCode error) {
        reply.accept(new HeartbeatResponse().errorCode(error.code()));
    }
}
