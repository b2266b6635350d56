package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.message.SyncGroupResponse;
import io.netty.buffer.Unpooled;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How members that speak the classic protocol stay: heartbeats tell them when to join again, and SyncGroup what to read. For
 * them an epoch is a generation. Kept apart from the group, which it changes nothing of but times.
 */
final class ClassicServing {

    private final ConsumerGroup group;
    private final Moment now;

    ClassicServing(ConsumerGroup group, Moment now) {
        this.group = group;
        this.now = now;
    }

    ErrorCode heartbeat(String memberId, @Nullable String instanceId, int generation, TopicView topics) {
        ErrorCode error = check(memberId, instanceId, generation);
        ConsumerMember member = group.member(memberId);
        if (error != ErrorCode.NONE || member == null) {
            return error;
        }
        group.renew(memberId, now);
        return isToJoinAgain(member) || haveChanged(topics) ? tellToJoinAgain(member) : ErrorCode.NONE;
    }

    SyncGroupResponse sync(SyncGroupRequest request, TopicView topics) {
        ErrorCode error = check(request.memberId(), request.groupInstanceId(), request.generationId());
        ConsumerMember member = group.member(request.memberId());
        if (error != ErrorCode.NONE || member == null) {
            return failed(error);
        }
        if (isBehind(member)) {
            // Whatever it was told that the group has agreed on: that may have been a classic one.
            return failed(tellToJoinAgain(member));
        }
        var protocol = member.classic().first();
        String type = request.protocolType();
        String name = request.protocolName();
        if ((type != null && !type.equals(Embedded.PROTOCOL_TYPE)) || (name != null && !name.equals(protocol.name()))) {
            return failed(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        }
        group.renew(member.id, now);
        group.expectBy(member.id, Moment.NEVER);
        return new SyncGroupResponse()
                .protocolType(type)
                .protocolName(name)
                .assignment(Embedded.assignment(member.progress.assigned().partitions(), topics, protocol.metadata()));
    }

    private static SyncGroupResponse failed(ErrorCode error) {
        return new SyncGroupResponse().errorCode(error.code()).assignment(Unpooled.EMPTY_BUFFER);
    }

    private ErrorCode check(String memberId, @Nullable String instanceId, int generation) {
        ConsumerMember member = instanceId == null ? group.member(memberId) : group.memberOf(instanceId);
        if (member == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        if (!member.id.equals(memberId)) {
            return ErrorCode.FENCED_INSTANCE_ID;
        }
        if (!member.isClassic()) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        return member.progress.epoch() == generation ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
    }

    /** Whether its assignment is of an earlier epoch. One that gives something up has joined again already, and goes on so. */
    private boolean isBehind(ConsumerMember member) {
        return member.progress.epoch() < group.epochInReach(now) && member.progress.state() != MemberState.UNREVOKED;
    }

    /** When it can get to a new epoch, when it has given up what it was asked to, or when what it waits for is free. */
    private boolean isToJoinAgain(ConsumerMember member) {
        MemberState state = member.progress.state();
        return member.progress.epoch() < group.epochInReach(now)
                || state == MemberState.UNREVOKED
                || (state == MemberState.UNRELEASED && !isWaiting(member));
    }

    /** What is read is not as it was assigned. Where no other members are left, nobody else would find out. */
    private boolean haveChanged(TopicView topics) {
        if (group.hasSeen(topics)) {
            return false;
        }
        if (TopicsHash.of(group.subscriptions().without(Set.of()), topics) != group.topicsHash()) {
            return true;
        }
        group.onSeen(topics.version());
        return false;
    }

    private boolean isWaiting(ConsumerMember member) {
        TopicPartitions missing =
                group.targetOf(member.id).minus(member.progress.assigned().partitions());
        return !missing.where((topicId, partition) -> {
                    String owner = group.ownerOf(topicId, partition);
                    return owner != null && !owner.equals(member.id);
                })
                .isEmpty();
    }

    private ErrorCode tellToJoinAgain(ConsumerMember member) {
        if (member.expectedByMs == Moment.NEVER) {
            group.expectBy(member.id, now.in(member.profile.rebalanceTimeoutMs()));
        }
        return ErrorCode.REBALANCE_IN_PROGRESS;
    }
}
