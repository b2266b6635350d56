package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.group.GroupCoordinators;
import io.millrace.broker.group.classic.JoinAnswers;
import io.millrace.broker.group.classic.JoinAttempt;
import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.group.shard.JoinGroup;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.JoinGroupRequest;
import io.millrace.wire.message.JoinGroupResponse;
import io.vertx.core.Future;
import java.util.UUID;

/**
 * JoinGroup: a client becomes a member, or stays one in the next generation. The answer waits until the others have come,
 * and holds back the answers to what the client sends behind it; Kafka does not even look at those before.
 */
final class JoinGroupHandler implements ApiHandler<JoinGroupRequest, JoinGroupResponse> {

    private static final int FIRST_VERSION_WITHOUT_PROTOCOL = 7;

    private final GroupCoordinators groups;

    JoinGroupHandler(GroupCoordinators groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey key() {
        return ApiKey.JOIN_GROUP;
    }

    @Override
    public Future<JoinGroupResponse> handle(RequestContext context, JoinGroupRequest request) {
        ErrorCode error = check(request);
        Reply<JoinGroupResponse> reply = Reply.waiting(context);
        if (error == ErrorCode.NONE) {
            JoinGroup operation = new JoinGroup(request.groupId(), attempt(context, request, reply));
            context.held().releaseBytes();
            groups.submit(operation);
        } else {
            reply.accept(JoinAnswers.failed(request.memberId(), error));
        }
        return reply.future().map(answer -> answer == null ? null : inVersion(context.version(), answer));
    }

    private ErrorCode check(JoinGroupRequest request) {
        if (request.groupId().isEmpty()) {
            return ErrorCode.INVALID_GROUP_ID;
        }
        GroupSettings settings = groups.settings();
        int bytesMax = groups.recordBytesMax(request.groupId());
        if (request.protocols().stream().anyMatch(each -> each.metadata().readableBytes() > bytesMax)) {
            // What Kafka tells the members when the generation cannot be written.
            return ErrorCode.UNKNOWN_SERVER_ERROR;
        }
        boolean allowed = request.sessionTimeoutMs() >= settings.sessionTimeoutMinMs()
                && request.sessionTimeoutMs() <= settings.sessionTimeoutMaxMs();
        return allowed ? ErrorCode.NONE : ErrorCode.INVALID_SESSION_TIMEOUT;
    }

    private static JoinAttempt attempt(
            RequestContext context, JoinGroupRequest request, Reply<JoinGroupResponse> reply) {
        return JoinAttempt.of(
                request,
                context.version(),
                Clients.id(context),
                Clients.host(context),
                UUID.randomUUID().toString(),
                reply);
    }

    /** Old versions cannot say that there is no protocol. */
    private static JoinGroupResponse inVersion(short version, JoinGroupResponse response) {
        return response.protocolName() == null && version < FIRST_VERSION_WITHOUT_PROTOCOL
                ? response.protocolName("")
                : response;
    }
}
