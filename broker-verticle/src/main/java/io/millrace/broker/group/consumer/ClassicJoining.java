package io.millrace.broker.group.consumer;

import io.millrace.broker.group.decision.ClassicMember;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.WireException;
import io.millrace.wire.message.ConsumerProtocolSubscription;
import io.millrace.wire.message.JoinGroupResponse;
import org.jspecify.annotations.Nullable;

/**
 * One JoinGroup of a client that speaks the classic protocol. It goes the same way as a heartbeat of the others, is answered as
 * soon as that is durable, without waiting for anybody, and fetches with SyncGroup what it has to read. One use.
 */
final class ClassicJoining {

    private final ConsumerGroup group;
    private final ClassicAttempt attempt;
    private final ClassicMember joining;
    private final TopicView topics;
    private final Moment now;

    /** Who is known under the id, or under the instance id. */
    private final @Nullable ConsumerMember known;

    ClassicJoining(ConsumerGroup group, ClassicAttempt attempt, TopicView topics, Moment now) {
        this.group = group;
        this.attempt = attempt;
        this.joining = attempt.member();
        this.topics = topics;
        this.now = now;
        String instanceId = joining.instanceId();
        this.known = instanceId == null ? group.member(joining.id()) : group.memberOf(instanceId);
    }

    Decision decide() {
        ErrorCode error = check();
        if (error != ErrorCode.NONE) {
            return fail(error);
        }
        try {
            return join(Migration.subscription(joining));
        } catch (WireException e) {
            return fail(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        }
    }

    private ErrorCode check() {
        if (!group.settings().migration().mixes()) {
            return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
        }
        if (known == null && group.size() >= group.settings().sizeMax()) {
            return ErrorCode.GROUP_MAX_SIZE_REACHED;
        }
        if (!attempt.protocolType().equals(Embedded.PROTOCOL_TYPE) || !group.supports(joining.protocols())) {
            return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
        }
        if (joining.instanceId() == null) {
            return attempt.isNewcomer() && attempt.comesTwice() ? ErrorCode.MEMBER_ID_REQUIRED : ErrorCode.NONE;
        }
        if (attempt.isNewcomer()) {
            return ErrorCode.NONE;
        }
        if (known == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        return known.id.equals(joining.id()) ? ErrorCode.NONE : ErrorCode.FENCED_INSTANCE_ID;
    }

    private Decision join(ConsumerProtocolSubscription subscription) {
        Profile before = known == null ? Profile.NONE : known.profile;
        Profile profile = Profile.of(joining, subscription);
        if (!group.memory().hasRoomFor(profile.bytes() - (long) before.bytes())) {
            return fail(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        }
        Advance advance =
                new Advance(group, topics, now, joining.id(), known, profile, Embedded.owned(subscription, topics));
        Progress next = advance.progress();
        if (next == null) {
            return fail(ErrorCode.UNKNOWN_MEMBER_ID);
        }
        long version = topics.version();
        if (advance.records().isEmpty()) {
            onDurable(version, next, now);
            return Decision.DONE;
        }
        return new Decision(
                advance.records(),
                at -> onDurable(version, next, at),
                (error, at) ->
                        answer(new JoinGroupResponse().memberId(joining.id()).errorCode(error.code())));
    }

    /** It has as long to fetch its assignment as it would have in a rebalance. */
    private void onDurable(long seenVersion, Progress next, Moment at) {
        group.onSeen(seenVersion);
        group.renew(joining.id(), at);
        group.expectBy(joining.id(), at.in(joining.rebalanceTimeoutMs()));
        answer(new JoinGroupResponse()
                .memberId(joining.id())
                .generationId(next.epoch())
                .protocolType(Embedded.PROTOCOL_TYPE)
                .protocolName(joining.protocols().get(0).name()));
    }

    private Decision fail(ErrorCode error) {
        boolean told = !attempt.isNewcomer() || error == ErrorCode.MEMBER_ID_REQUIRED;
        answer(new JoinGroupResponse()
                .memberId(told ? joining.id() : "")
                .errorCode(error.code())
                .protocolName(null));
        return Decision.DONE;
    }

    private void answer(JoinGroupResponse response) {
        attempt.reply().accept(response);
    }
}
