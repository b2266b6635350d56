package io.millrace.broker.group.classic;

import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a group comes from one generation to the next: whom it waits for, until when, and what happens then. Owned by: its
 * group.
 */
final class Rebalance {

    private final ClassicGroup group;
    private final Members members;
    private final Deadlines deadlines = new Deadlines();

    /** Set while the first members of an empty group are waited for. */
    private @Nullable InitialDelay initialDelay;

    Rebalance(ClassicGroup group) {
        this.group = group;
        this.members = group.membership();
    }

    /** Something has a deadline. */
    void wakeBy(long atMs) {
        deadlines.add(atMs);
    }

    /** A member was taken in. */
    void onAdded() {
        if (initialDelay != null) {
            initialDelay = initialDelay.grown();
        }
    }

    /** A record says where the group stands: what it waited for is over, but for those who have not asked what they got. */
    void onApplied() {
        initialDelay = null;
        if (group.isEmpty()) {
            deadlines.endPhase();
        }
    }

    void endIfAllHaveSynced() {
        if (members.allSynced()) {
            deadlines.endPhase();
        }
    }

    /** Asks all members to join again; if they have been asked already, sees whether all have. */
    Decision start(Moment now) {
        if (group.state() == GroupState.PREPARING_REBALANCE) {
            return completeIfAllAreIn(now);
        }
        boolean first = group.isEmpty();
        recall(now);
        group.to(GroupState.PREPARING_REBALANCE, now);
        if (first) {
            initialDelay = InitialDelay.first(group.settings().initialRebalanceDelayMs(), members.rebalanceTimeoutMs());
            deadlines.phaseEnds(now.in(initialDelay.delayMs()));
            return Decision.DONE;
        }
        deadlines.phaseEnds(now.in(members.rebalanceTimeoutMs()));
        return completeIfAllAreIn(now);
    }

    /** What was going to be assigned is void, and who waits for it is told to join again. */
    private void recall(Moment now) {
        for (Member each : members.all()) {
            each.synced = false;
            if (group.state() == GroupState.COMPLETING_REBALANCE) {
                members.unassign(each);
                if (each.isSyncing()) {
                    group.renew(each, now);
                    each.answerSync(SyncAnswers.failed(ErrorCode.REBALANCE_IN_PROGRESS));
                }
            }
        }
    }

    Decision completeIfAllAreIn(Moment now) {
        boolean complete = group.state() == GroupState.PREPARING_REBALANCE
                && initialDelay == null
                && group.invited().isEmpty()
                && members.allJoining();
        return complete ? complete(now) : Decision.DONE;
    }

    /** Begins the next generation with those who have joined, and static members, who are given time to come back. */
    private Decision complete(Moment now) {
        List<Member> absent = members.where(each -> !each.isJoining() && !each.isStatic());
        if (absent.size() == members.size()) {
            return emptied(now, at -> {}, (error, at) -> {});
        }
        absent.forEach(group::drop);
        if (!group.electLeader()) {
            // Only static members are left, and none has joined. Their sessions decide.
            deadlines.phaseEnds(now.in(members.rebalanceTimeoutMs()));
            return Decision.DONE;
        }
        group.beginGeneration(now);
        deadlines.phaseEnds(now.in(members.rebalanceTimeoutMs()));
        members.answerJoins(each -> JoinAnswers.of(group, each));
        return Decision.DONE;
    }

    /**
     * Lets members go, and the others rebalance. If nobody is left, that has to be written first.
     *
     * @param uninvited ids that nobody is going to come back with
     * @param after answers who asked for it, once it has happened
     */
    Decision remove(
            Set<Member> leaving, Set<String> uninvited, Moment now, Decision.Applied after, Decision.Failed failed) {
        if (leaving.size() == members.size() && !members.isEmpty()) {
            return emptied(
                    now,
                    at -> {
                        group.invited().removeAll(uninvited);
                        after.run(at);
                    },
                    failed);
        }
        group.invited().removeAll(uninvited);
        for (Member each : leaving) {
            each.dismiss(ErrorCode.UNKNOWN_MEMBER_ID);
            group.drop(each);
        }
        Decision next = leaving.isEmpty() ? completeIfAllAreIn(now) : start(now);
        after.run(now);
        return next;
    }

    private Decision emptied(Moment now, Decision.Applied after, Decision.Failed failed) {
        return new Decision(List.of(MembershipRecords.empty(group, now)), after, (error, at) -> {
            deadlines.retryLater(at);
            failed.run(error, at);
        });
    }

    /** No later than when {@link #onTime} has something to do. */
    long wakeMs() {
        return deadlines.wakeMs();
    }

    /** Gives up who has been waited for long enough. */
    Decision onTime(Moment now) {
        Decision decision = deadlines.isRetryDue(now) ? giveUp(now) : Decision.DONE;
        long first = group.invited().firstEndMs();
        for (Member each : members.all()) {
            first = Math.min(first, each.mayExpireMs());
        }
        deadlines.reset(first);
        return decision;
    }

    private Decision giveUp(Moment now) {
        group.invited().expire(now);
        Set<Member> gone = new LinkedHashSet<>(members.where(each -> each.isExpired(now)));
        boolean phaseOver = deadlines.isPhaseOver(now);
        if (phaseOver && group.isAgreed()) {
            // The phase goes on until they are gone, which may have to be written first: or nobody would look at them
            // again.
            gone.addAll(members.where(each -> !each.synced));
            endIfAllHaveSynced();
        }
        if (!gone.isEmpty()) {
            return remove(gone, Set.of(), now, at -> {}, (error, at) -> {});
        }
        if (phaseOver && group.state() == GroupState.PREPARING_REBALANCE) {
            return endJoinPhase(now);
        }
        return completeIfAllAreIn(now);
    }

    private Decision endJoinPhase(Moment now) {
        if (initialDelay != null && initialDelay.isExtended()) {
            initialDelay = initialDelay.next(group.settings().initialRebalanceDelayMs());
            deadlines.phaseEnds(now.in(initialDelay.delayMs()));
            return Decision.DONE;
        }
        initialDelay = null;
        return complete(now);
    }
}
