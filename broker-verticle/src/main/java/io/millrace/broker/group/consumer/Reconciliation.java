package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.TopicPartitions;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One step of a member on its way to the target assignment, by what its heartbeat says. Pure; one use. */
final class Reconciliation {

    private final Progress from;
    private final int targetEpoch;
    private final TopicPartitions target;
    private final Set<UUID> subscribed;
    private final @Nullable Reported reported;
    private final TopicPartitions.Choice isTaken;

    /**
     * @param target what the member is to have in the end
     * @param subscribed the topics that it reads: what it has of others it is to give up at once
     * @param reported what it says that it has, null if it does not say
     * @param isTaken whether another member has the partition
     */
    Reconciliation(
            Progress from,
            int targetEpoch,
            TopicPartitions target,
            Set<UUID> subscribed,
            @Nullable Reported reported,
            TopicPartitions.Choice isTaken) {
        this.from = from;
        this.targetEpoch = targetEpoch;
        this.target = target.where((topicId, partition) -> subscribed.contains(topicId));
        this.subscribed = subscribed;
        this.reported = reported;
        this.isTaken = isTaken;
    }

    /** The same if the member cannot go on yet; null if it has to begin anew, because nobody knows where it stands. */
    @Nullable
    Progress next() {
        return switch (from.state()) {
            case STABLE -> from.epoch() == targetEpoch ? withoutUnsubscribed() : goOn(from.epoch());
            case UNREVOKED -> mayHave(from.revoking()) ? withoutUnsubscribed() : goOn(from.epoch());
            case UNRELEASED -> goOn(from.epoch());
            case UNKNOWN -> reported == null || !reported.isEmpty() ? null : goOn(targetEpoch);
        };
    }

    /** Whether the member has some of these, as far as it has said. */
    private boolean mayHave(OwnedPartitions partitions) {
        return reported == null || reported.hasSomeOf(partitions.partitions());
    }

    /** The target assignment is for other subscriptions than the member's, until there is a new one. */
    private Progress withoutUnsubscribed() {
        OwnedPartitions unsubscribed = from.assigned().where((topicId, partition) -> !subscribed.contains(topicId));
        if (unsubscribed.isEmpty()) {
            return from;
        }
        OwnedPartitions kept = from.assigned().where((topicId, partition) -> subscribed.contains(topicId));
        OwnedPartitions revoking = from.revoking().plus(unsubscribed);
        return mayHave(revoking)
                ? from.to(from.epoch(), MemberState.UNREVOKED, kept, revoking)
                : from.to(from.epoch(), from.state(), kept, from.revoking());
    }

    /** @param epoch in which the member stays while it has something to give up */
    private Progress goOn(int epoch) {
        OwnedPartitions kept = from.assigned().where(target::contains);
        OwnedPartitions excess = from.assigned().where((topicId, partition) -> !target.contains(topicId, partition));
        if (!excess.isEmpty() && mayHave(excess)) {
            return from.to(epoch, MemberState.UNREVOKED, kept, excess);
        }
        TopicPartitions missing = target.minus(kept.partitions());
        TopicPartitions free = missing.where((topicId, partition) -> !isTaken.includes(topicId, partition));
        MemberState next = free.count() < missing.count() ? MemberState.UNRELEASED : MemberState.STABLE;
        return from.to(targetEpoch, next, kept.plus(free, targetEpoch), OwnedPartitions.NONE);
    }
}
