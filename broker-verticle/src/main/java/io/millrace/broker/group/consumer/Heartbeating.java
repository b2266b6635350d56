package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.ConsumerRecord;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.subscription.TopicRegex;
import io.millrace.broker.group.subscription.TopicRegex.InvalidRegexException;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One heartbeat: who sends it and whether it may, what it changes in the group, and how far its member comes by it. It is
 * answered when all that is durable. One use.
 */
final class Heartbeating {

    private final ConsumerGroup group;
    private final HeartbeatAttempt attempt;
    private final ConsumerGroupHeartbeatRequest request;
    private final TopicView topics;
    private final Moment now;
    private final String memberId;
    private final @Nullable Reported reported;

    /** Who is known under the id, or under the instance id: the same member, or one whose place this one takes. */
    private final @Nullable ConsumerMember known;

    Heartbeating(ConsumerGroup group, HeartbeatAttempt attempt, TopicView topics, Moment now) {
        this.group = group;
        this.attempt = attempt;
        this.request = attempt.request();
        this.topics = topics;
        this.now = now;
        this.memberId = attempt.memberId();
        this.reported = Reported.of(request);
        String instanceId = request.instanceId();
        this.known = instanceId == null ? group.member(memberId) : group.memberOf(instanceId);
    }

    Decision decide() {
        Refusal refusal = check();
        if (refusal != null) {
            return fail(refusal);
        }
        return attempt.leaves() ? leave() : beat();
    }

    // ---- whether it may

    private @Nullable Refusal check() {
        if (group.isVoid() && !attempt.joins()) {
            return new Refusal(ErrorCode.GROUP_ID_NOT_FOUND, "Consumer group " + group.id() + " not found.");
        }
        ConsumerMember member = known;
        if (attempt.joins()) {
            return checkJoin(member);
        }
        if (member == null) {
            return new Refusal(ErrorCode.UNKNOWN_MEMBER_ID, unknownMember());
        }
        if (!member.id.equals(memberId)) {
            return new Refusal(
                    ErrorCode.FENCED_INSTANCE_ID,
                    "Static member " + memberId + " with instance id " + request.instanceId() + " was fenced by member "
                            + member.id + ".");
        }
        return attempt.leaves() ? null : checkEpoch(member);
    }

    private String unknownMember() {
        return request.instanceId() == null
                ? "Member " + memberId + " is not a member of group " + group.id() + "."
                : "Instance id " + request.instanceId() + " is unknown.";
    }

    private @Nullable Refusal checkJoin(@Nullable ConsumerMember member) {
        int sizeMax = group.settings().sizeMax();
        if (group.size() >= sizeMax && member == null) {
            return Refusal.full(sizeMax);
        }
        if (member == null || member.progress.isAway() || member.isClassic()) {
            return null;
        }
        if (!member.id.equals(memberId)) {
            return new Refusal(
                    ErrorCode.UNRELEASED_INSTANCE_ID,
                    "Static member " + memberId + " with instance id " + request.instanceId()
                            + " cannot join the group because the instance id is owned by " + member.id + " member.");
        }
        // The answer to its first heartbeat was lost. Who has come further must not begin anew: this may be an old
        // request.
        return checkEpoch(member);
    }

    /** A member may be one step behind, if an answer was lost; then it has no more than what it was assigned. */
    private @Nullable Refusal checkEpoch(ConsumerMember member) {
        int said = request.memberEpoch();
        Progress progress = member.progress;
        if (said == progress.epoch()) {
            return null;
        }
        boolean missedAnAnswer = said == progress.previousEpoch()
                && reported != null
                && reported.hasOnly(progress.assigned().partitions());
        if (said < progress.epoch() && missedAnAnswer) {
            return null;
        }
        return new Refusal(
                ErrorCode.FENCED_MEMBER_EPOCH,
                "The consumer group member has a " + (said > progress.epoch() ? "greater" : "smaller")
                        + " member epoch (" + said + ") than the one known by the group coordinator ("
                        + progress.epoch() + "). The member must abandon all its partitions and rejoin.");
    }

    // ---- leaving

    private Decision leave() {
        ConsumerMember leaving = Objects.requireNonNull(known);
        ConsumerGroupHeartbeatResponse response =
                new ConsumerGroupHeartbeatResponse().memberId(memberId).memberEpoch(request.memberEpoch());
        if (request.memberEpoch() == Progress.LEAVING_STATIC_EPOCH) {
            return new Decision(
                    List.of(new ConsumerRecord.Current(
                            group.id(), memberId, leaving.progress.away().recorded())),
                    at -> attempt.reply().accept(response),
                    this::onNotWritten);
        }
        return group.remove(Set.of(leaving), topics, at -> attempt.reply().accept(response), this::onNotWritten);
    }

    // ---- going on

    private Decision beat() {
        Profile before = known == null ? Profile.NONE : known.profile;
        Profile profile = before.updatedBy(request, attempt.clientId(), attempt.clientHost());
        Refusal refusal = checkProfile(before, profile);
        if (refusal != null) {
            return fail(refusal);
        }
        Advance advance = new Advance(group, topics, now, memberId, known, profile, reported);
        Progress next = advance.progress();
        if (next == null) {
            return fail(new Refusal(
                    ErrorCode.FENCED_MEMBER_EPOCH,
                    "The consumer group member is in a unknown state. "
                            + "The member must abandon all its partitions and rejoin."));
        }
        return answer(next, advance.records());
    }

    private @Nullable Refusal checkProfile(Profile before, Profile after) {
        String regex = after.regex();
        if (regex != null && after.hasRegex() && isNew(regex, before)) {
            try {
                TopicRegex.parse(regex);
            } catch (InvalidRegexException e) {
                return new Refusal(ErrorCode.INVALID_REGULAR_EXPRESSION, String.valueOf(e.getMessage()));
            }
        }
        long bytes = after.bytes() - (long) before.bytes();
        return group.memory().hasRoomFor(bytes)
                ? null
                : new Refusal(
                        ErrorCode.COORDINATOR_NOT_AVAILABLE, "There is no memory for more members at the moment.");
    }

    /** What another member has subscribed to has been looked at. */
    private boolean isNew(String regex, Profile before) {
        return !regex.equals(before.regex()) && group.subscriptions().subscribersOf(regex) == 0;
    }

    private Decision answer(Progress next, List<GroupRecord> records) {
        ConsumerGroupHeartbeatResponse response = new ConsumerGroupHeartbeatResponse()
                .memberId(memberId)
                .memberEpoch(next.epoch())
                .heartbeatIntervalMs(group.settings().heartbeatIntervalMs());
        TopicPartitions had =
                known == null ? TopicPartitions.NONE : known.progress.assigned().partitions();
        if (attempt.isFull() || !next.assigned().partitions().equals(had)) {
            response.assignment(ConsumerViews.assignment(next.assigned().partitions()));
        }
        long version = topics.version();
        if (records.isEmpty()) {
            onDurable(version, response, now);
            return Decision.DONE;
        }
        return new Decision(records, at -> onDurable(version, response, at), this::onNotWritten);
    }

    private void onDurable(long seenVersion, ConsumerGroupHeartbeatResponse response, Moment at) {
        group.onSeen(seenVersion);
        group.renew(memberId, at);
        attempt.reply().accept(response);
    }

    private void onNotWritten(ErrorCode error, Moment at) {
        attempt.reply().accept(new ConsumerGroupHeartbeatResponse().errorCode(error.code()));
    }

    private Decision fail(Refusal refusal) {
        attempt.reply().accept(refusal.response());
        return Decision.DONE;
    }
}
