package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The partitions that a member owns, and which of them it is giving up, by when. */
final class Holdings {
    private final Effects effects;
    private final Set<TopicPartition> owned = new TreeSet<>();
    private Set<TopicPartition> leaving = Set.of();
    private long deadlineMs;

    Holdings(Effects effects) {
        this.effects = effects;
    }

    Set<TopicPartition> owned() {
        return owned;
    }

    Set<TopicPartition> where(Predicate<TopicPartition> choice) {
        return owned.stream().filter(choice).collect(Collectors.toCollection(TreeSet::new));
    }

    boolean isEmpty() {
        return owned.isEmpty();
    }

    /** Whether the application is finishing some. */
    boolean isGivingUp() {
        return !leaving.isEmpty();
    }

    /** When that has to be over; {@link Long#MAX_VALUE} if there is nothing to finish. */
    long deadlineMs() {
        return isGivingUp() ? deadlineMs : Long.MAX_VALUE;
    }

    /** Takes those that are not owned yet. */
    void take(Collection<TopicPartition> partitions) {
        Set<TopicPartition> added = new TreeSet<>(partitions);
        added.removeAll(owned);
        if (!added.isEmpty()) {
            owned.addAll(added);
            effects.add(new GroupEffect.Assigned(Set.copyOf(added)));
        }
    }

    /** Begins to give up some that are owned, at least one. */
    void giveUp(Set<TopicPartition> partitions, long untilMs) {
        leaving = Set.copyOf(partitions);
        deadlineMs = untilMs;
        effects.add(new GroupEffect.Revoke(leaving, untilMs));
    }

    /** They are given up. */
    void released() {
        owned.removeAll(leaving);
        leaving = Set.of();
    }

    /** What is being given up is lost instead. */
    void loseLeaving() {
        effects.add(new GroupEffect.Lost(leaving));
        released();
    }

    /** Everything is lost. */
    void loseAll() {
        leaving = Set.of();
        if (!owned.isEmpty()) {
            effects.add(new GroupEffect.Lost(Set.copyOf(owned)));
            owned.clear();
        }
    }
}
