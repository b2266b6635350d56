package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/**
 * The sticky assignment of a group whose members have all subscribed to the same topics. Every member gets as many
 * partitions, or one more where that does not come out even; one more is for those who have had more. So no assignment
 * that is as even moves less. One use.
 */
final class EvenShares {
    private final Map<String, Integer> partitionCounts;
    private final Set<String> topics;
    private final List<Share> shares = new ArrayList<>();
    private final Map<String, Set<TopicPartition>> assignment;

    private static final class Share {
        final List<TopicPartition> kept;
        final Set<TopicPartition> assigned;
        int quota;

        Share(Set<TopicPartition> kept, Set<TopicPartition> assigned) {
            this.kept = List.copyOf(kept);
            this.assigned = assigned;
        }

        boolean isHungry() {
            return assigned.size() < quota;
        }
    }

    /** @param kept what each member has had and may keep; no partition is there twice */
    EvenShares(Map<String, Integer> partitionCounts, List<GroupMember> members, Map<String, Set<TopicPartition>> kept) {
        this.partitionCounts = partitionCounts;
        this.topics = Shares.topics(partitionCounts, members);
        this.assignment = Shares.empty(members);
        assignment.forEach((id, assigned) -> shares.add(new Share(kept.getOrDefault(id, Set.of()), assigned)));
    }

    Map<String, Set<TopicPartition>> assign() {
        divide();
        Set<TopicPartition> taken = new HashSet<>();
        for (Share each : shares) {
            each.assigned.addAll(each.kept.subList(0, Math.min(each.quota, each.kept.size())));
            taken.addAll(each.assigned);
        }
        handOut(free(taken));
        return assignment;
    }

    private void divide() {
        if (shares.isEmpty()) {
            return;
        }
        int total = topics.stream()
                .mapToInt(each -> partitionCounts.getOrDefault(each, 0))
                .sum();
        List<Share> mostFirst = new ArrayList<>(shares);
        mostFirst.sort(Comparator.comparingInt(each -> -each.kept.size()));
        for (int i = 0; i < mostFirst.size(); i++) {
            mostFirst.get(i).quota = total / shares.size() + (i < total % shares.size() ? 1 : 0);
        }
    }

    private Queue<TopicPartition> free(Set<TopicPartition> taken) {
        Queue<TopicPartition> free = new ArrayDeque<>();
        for (String topic : topics) {
            for (int i = 0; i < partitionCounts.getOrDefault(topic, 0); i++) {
                TopicPartition partition = new TopicPartition(topic, i);
                if (!taken.contains(partition)) {
                    free.add(partition);
                }
            }
        }
        return free;
    }

    /** In turn, so that partitions of a topic, which may be the only one with much to read, are spread. */
    private void handOut(Queue<TopicPartition> free) {
        List<Share> hungry = new ArrayList<>(shares);
        while (!free.isEmpty()) {
            hungry.removeIf(each -> !each.isHungry());
            for (Share each : hungry) {
                TopicPartition next = free.poll();
                if (next != null) {
                    each.assigned.add(next);
                }
            }
        }
    }
}
