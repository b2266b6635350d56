package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.group.GroupCoordinators;
import io.millrace.broker.group.shard.SyncGroup;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.millrace.wire.message.SyncGroupResponse;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;

/** SyncGroup: the leader brings the assignment, and every member gets its own. The answer waits for the leader. */
final class SyncGroupHandler implements ApiHandler<SyncGroupRequest, SyncGroupResponse> {

    /** From here on a member says what it believes the group has agreed on (KIP-559). */
    private static final int FIRST_VERSION_WITH_PROTOCOL = 5;

    private final GroupCoordinators groups;

    SyncGroupHandler(GroupCoordinators groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey key() {
        return ApiKey.SYNC_GROUP;
    }

    @Override
    public Future<SyncGroupResponse> handle(RequestContext context, SyncGroupRequest request) {
        Reply<SyncGroupResponse> reply = Reply.waiting(context);
        SyncGroup operation = new SyncGroup(request, reply);
        ErrorCode error = check(context.version(), request);
        if (error == ErrorCode.NONE && isTooLong(request)) {
            // What Kafka tells the members when the generation cannot be written.
            error = ErrorCode.UNKNOWN_SERVER_ERROR;
        }
        if (error == ErrorCode.NONE) {
            keepBytes(request);
            context.held().releaseBytes();
            groups.submit(operation);
        } else {
            operation.refuse(error);
        }
        return reply.future();
    }

    private static ErrorCode check(short version, SyncGroupRequest request) {
        boolean saysProtocol = request.protocolType() != null && request.protocolName() != null;
        if (version >= FIRST_VERSION_WITH_PROTOCOL && !saysProtocol) {
            return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
        }
        return request.groupId().isEmpty() ? ErrorCode.INVALID_GROUP_ID : ErrorCode.NONE;
    }

    private boolean isTooLong(SyncGroupRequest request) {
        long bytes = 0;
        for (SyncGroupRequestAssignment each : request.assignments()) {
            bytes += each.assignment().readableBytes();
        }
        return bytes > groups.recordBytesMax(request.groupId());
    }

    /** The shard's event loop looks at the assignments later, and the frame need not wait for that. */
    private static void keepBytes(SyncGroupRequest request) {
        for (SyncGroupRequestAssignment each : request.assignments()) {
            each.assignment(Unpooled.wrappedBuffer(ByteBufUtil.getBytes(each.assignment())));
        }
    }
}
