package io.millrace.broker.group.classic;

import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.millrace.wire.message.SyncGroupResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One SyncGroup: the leader brings what it has assigned, the others wait for it. */
final class Syncing {

    private final ClassicGroup group;
    private final SyncGroupRequest request;
    private final Consumer<SyncGroupResponse> reply;
    private final Moment now;

    Syncing(ClassicGroup group, SyncGroupRequest request, Consumer<SyncGroupResponse> reply, Moment now) {
        this.group = group;
        this.request = request;
        this.reply = reply;
        this.now = now;
    }

    Decision decide() {
        ErrorCode error = check();
        Member member = group.membership().get(request.memberId());
        if (error != ErrorCode.NONE || member == null) {
            reply.accept(SyncAnswers.failed(error));
            return Decision.DONE;
        }
        if (group.state() == GroupState.COMPLETING_REBALANCE && member.id.equals(group.leader())) {
            return complete(member);
        }
        member.synced = true;
        if (group.state() == GroupState.STABLE) {
            group.renew(member, now);
            group.rebalance().endIfAllHaveSynced();
            reply.accept(group.assignmentOf(member));
        } else {
            member.parkSync(reply);
        }
        return Decision.DONE;
    }

    private ErrorCode check() {
        ErrorCode error = group.checkMember(request.memberId(), request.groupInstanceId());
        if (error != ErrorCode.NONE) {
            return error;
        }
        if (request.generationId() != group.generation()) {
            return ErrorCode.ILLEGAL_GENERATION;
        }
        if (group.state() == GroupState.PREPARING_REBALANCE) {
            // Whatever it was told: the next generation agrees anew, and this one may be of a group taken back.
            return ErrorCode.REBALANCE_IN_PROGRESS;
        }
        boolean differs = differ(request.protocolType(), group.protocolType())
                || differ(request.protocolName(), group.protocol());
        return differs ? ErrorCode.INCONSISTENT_GROUP_PROTOCOL : ErrorCode.NONE;
    }

    private static boolean differ(@Nullable String asked, @Nullable String agreed) {
        return asked != null && agreed != null && !asked.equals(agreed);
    }

    /** The generation is complete once everybody's assignment is on the disk. */
    private Decision complete(Member leader) {
        Map<String, ByteBuf> assigned = new HashMap<>();
        for (SyncGroupRequestAssignment each : request.assignments()) {
            assigned.put(each.memberId(), each.assignment());
        }
        if (!hasMemory(assigned)) {
            reply.accept(SyncAnswers.failed(ErrorCode.COORDINATOR_NOT_AVAILABLE));
            return Decision.DONE;
        }
        return new Decision(
                List.of(MembershipRecords.of(
                        group, group.members(), each -> assignment(assigned, each), leader.id, now)),
                at -> {
                    leader.synced = true;
                    leader.parkSync(reply);
                    group.answerSyncs(at);
                },
                (error, at) -> reply.accept(SyncAnswers.failed(error)));
    }

    /** It takes the place of what members were assigned before, which they have held until now. */
    private boolean hasMemory(Map<String, ByteBuf> assigned) {
        long bytes = 0;
        for (Member each : group.members()) {
            bytes += assignment(assigned, each).readableBytes() - each.assignment.length;
        }
        return group.memory().hasRoomFor(bytes);
    }

    private static ByteBuf assignment(Map<String, ByteBuf> assigned, Member member) {
        return assigned.getOrDefault(member.id, Unpooled.EMPTY_BUFFER);
    }
}
