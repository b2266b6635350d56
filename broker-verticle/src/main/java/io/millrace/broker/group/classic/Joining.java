package io.millrace.broker.group.classic;

import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.JoinGroupResponse;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One JoinGroup: who it is, and whether it makes the group rebalance. */
final class Joining {

    private final ClassicGroup group;
    private final Members members;
    private final JoinAttempt attempt;
    private final Moment now;

    Joining(ClassicGroup group, JoinAttempt attempt, Moment now) {
        this.group = group;
        this.members = group.membership();
        this.attempt = attempt;
        this.now = now;
    }

    Decision decide() {
        if (group.isVoid() && !attempt.isNewcomer()) {
            return fail(attempt.memberId(), ErrorCode.UNKNOWN_MEMBER_ID);
        }
        if (!hasRoom()) {
            return turnAway();
        }
        if (!fits()) {
            return fail(attempt.memberId(), ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        }
        if (!hasMemory()) {
            return fail(attempt.memberId(), ErrorCode.COORDINATOR_NOT_AVAILABLE);
        }
        return attempt.isNewcomer() ? joinNewcomer() : joinKnown();
    }

    /** Members count when they have joined the next generation, which does away with the last to come of too many. */
    private boolean hasRoom() {
        int sizeMax = group.settings().sizeMax();
        if (group.isEmpty() || members.size() < sizeMax) {
            return true;
        }
        Member known = members.get(attempt.memberId());
        return group.state() == GroupState.PREPARING_REBALANCE
                ? (known != null && known.isJoining()) || members.joining() < sizeMax
                : known != null;
    }

    private Decision turnAway() {
        Member known = members.get(attempt.memberId());
        JoinGroupResponse answer = JoinAnswers.failed("", ErrorCode.GROUP_MAX_SIZE_REACHED);
        if (known == null) {
            attempt.reply().accept(answer);
            return Decision.DONE;
        }
        return group.rebalance()
                .remove(
                        Set.of(known),
                        Set.of(),
                        now,
                        at -> attempt.reply().accept(answer),
                        (error, at) -> attempt.reply().accept(JoinAnswers.failed(attempt.memberId(), error)));
    }

    /** Kafka keeps whatever members say. Who is refused for that tries again, as other members leave. */
    private boolean hasMemory() {
        Member known = members.get(attempt.memberId());
        int bytes = known == null
                ? Invitations.bytes(attempt.newMemberId())
                        + attempt.member(attempt.newMemberId()).bytes()
                : attempt.protocols().bytes() - known.protocols.bytes();
        return group.memory().hasRoomFor(bytes);
    }

    private boolean fits() {
        if (group.isEmpty()) {
            return attempt.saysHowToAssign();
        }
        return attempt.protocolType().equals(group.protocolType()) && members.support(attempt.protocols());
    }

    private Decision joinNewcomer() {
        String instanceId = attempt.instanceId();
        if (instanceId != null) {
            String current = members.idOf(instanceId);
            Member old = current == null ? null : members.get(current);
            return old == null ? add(attempt.newMemberId()) : replace(old);
        }
        if (attempt.comesTwice()) {
            group.invite(attempt.newMemberId(), attempt.sessionTimeoutMs(), now);
            return fail(attempt.newMemberId(), ErrorCode.MEMBER_ID_REQUIRED);
        }
        return add(attempt.newMemberId());
    }

    private Decision joinKnown() {
        if (group.invited().has(attempt.memberId())) {
            // An id is given to dynamic members only: a client that is suddenly static has mixed something up.
            return attempt.instanceId() == null
                    ? add(attempt.memberId())
                    : fail(attempt.memberId(), ErrorCode.UNKNOWN_SERVER_ERROR);
        }
        ErrorCode error = group.checkMember(attempt.memberId(), attempt.instanceId());
        Member member = members.get(attempt.memberId());
        if (error != ErrorCode.NONE || member == null) {
            return fail(attempt.memberId(), error);
        }
        if (changesNothing(member)) {
            group.renew(member, now);
            attempt.reply().accept(JoinAnswers.of(group, member));
            return Decision.DONE;
        }
        members.update(member, attempt.protocols(), attempt.rebalanceTimeoutMs(), attempt.sessionTimeoutMs());
        member.park(attempt.reply());
        return group.rebalance().start(now);
    }

    /**
     * Whether the generation that there is can be told again: to a member that has missed the answer. A leader that comes
     * again while the group is stable wants a rebalance: it has seen a change that members do not tell, as of a topic.
     */
    private boolean changesNothing(Member member) {
        boolean same = member.protocols.isSameAs(attempt.protocols());
        return switch (group.state()) {
            case COMPLETING_REBALANCE -> same;
            case STABLE -> same && !member.id.equals(group.leader());
            case EMPTY, PREPARING_REBALANCE, DEAD -> false;
        };
    }

    private Decision add(String memberId) {
        Member member = attempt.member(memberId);
        member.park(attempt.reply());
        group.add(member, now);
        return group.rebalance().start(now);
    }

    /** A static member has been restarted and comes without its id: it takes over the place, if it can without a rebalance. */
    private Decision replace(Member old) {
        Member replacement = attempt.member(attempt.newMemberId());
        replacement.assignment = old.assignment;
        if (group.state() == GroupState.STABLE
                && members.voteWith(old, replacement).equals(group.protocol())) {
            return replaceInPlace(old, replacement);
        }
        group.replace(old, replacement);
        group.renew(replacement, now);
        replacement.park(attempt.reply());
        return group.rebalance().start(now);
    }

    private Decision replaceInPlace(Member old, Member replacement) {
        List<Member> after = new ArrayList<>(members.all());
        after.replaceAll(each -> each == old ? replacement : each);
        String leaderBefore = group.leader();
        String leaderAfter = old.id.equals(leaderBefore) ? replacement.id : leaderBefore;
        return new Decision(
                List.of(MembershipRecords.of(
                        group, after, each -> Unpooled.wrappedBuffer(each.assignment), leaderAfter, now)),
                at -> answerReplaced(leaderBefore, at),
                (error, at) -> attempt.reply().accept(JoinAnswers.failed("", error)));
    }

    /**
     * The new member is in its place. If it leads, a client that does not know better must not believe so, or it would
     * assign again; it is told who led before.
     */
    private void answerReplaced(@Nullable String leaderBefore, Moment at) {
        Member member = members.get(attempt.newMemberId());
        if (member == null) {
            throw new IllegalStateException(attempt.newMemberId() + " is not in its own record");
        }
        members.update(member, attempt.protocols(), attempt.rebalanceTimeoutMs(), attempt.sessionTimeoutMs());
        group.renew(member, at);
        boolean leads = member.id.equals(group.leader());
        attempt.reply()
                .accept(
                        attempt.skipsAssigning()
                                ? JoinAnswers.of(group, member).skipAssignment(leads)
                                : JoinAnswers.of(group, member.id, leaderBefore));
    }

    private Decision fail(String memberId, ErrorCode error) {
        attempt.reply().accept(JoinAnswers.failed(memberId, error));
        return Decision.DONE;
    }
}
