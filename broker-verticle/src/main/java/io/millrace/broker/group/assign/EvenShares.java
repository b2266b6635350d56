package io.millrace.broker.group.assign;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;

/**
 * The uniform assignment of a group whose members have all subscribed to the same topics. One use.
 *
 * <p>Every member gets as many partitions, or one more where that does not come out even. One more is for those who have more
 * already: so nothing moves that need not.
 */
final class EvenShares {

    private record Partition(UUID topicId, int index) {}

    private static final class Member {
        private final String id;
        private final List<Partition> assigned = new ArrayList<>();
        private int quota;

        Member(String id) {
            this.id = id;
        }
    }

    private final GroupSpec group;
    private final SortedSet<UUID> topicIds;
    private final List<Member> members = new ArrayList<>();
    private final Set<Partition> kept = new HashSet<>();

    EvenShares(GroupSpec group) {
        this.group = group;
        this.topicIds = group.topicIds();
    }

    Map<String, TopicPartitions> assign() {
        group.members().forEach((id, spec) -> members.add(keep(id, spec)));
        divide();
        members.forEach(this::giveUpExcess);
        handOut(free());
        Map<String, TopicPartitions> assignment = new LinkedHashMap<>();
        for (Member each : members) {
            TopicPartitions.Builder partitions = new TopicPartitions.Builder();
            each.assigned.forEach(partition -> partitions.add(partition.topicId(), partition.index()));
            assignment.put(each.id, partitions.build());
        }
        return assignment;
    }

    private Member keep(String id, MemberSpec spec) {
        Member member = new Member(id);
        spec.assigned().forEach((topicId, index) -> {
            Partition partition = new Partition(topicId, index);
            if (topicIds.contains(topicId) && index < group.partitionsOf(topicId) && kept.add(partition)) {
                member.assigned.add(partition);
            }
        });
        return member;
    }

    private void divide() {
        int total = topicIds.stream().mapToInt(group::partitionsOf).sum();
        int share = members.isEmpty() ? 0 : total / members.size();
        int larger = members.isEmpty() ? 0 : total % members.size();
        List<Member> byLoad = new ArrayList<>(members);
        byLoad.sort(Comparator.comparingInt(each -> -each.assigned.size()));
        for (int i = 0; i < byLoad.size(); i++) {
            byLoad.get(i).quota = share + (i < larger ? 1 : 0);
        }
    }

    private void giveUpExcess(Member member) {
        while (member.assigned.size() > member.quota) {
            kept.remove(member.assigned.remove(member.assigned.size() - 1));
        }
    }

    private Queue<Partition> free() {
        Queue<Partition> free = new ArrayDeque<>();
        for (UUID topicId : topicIds) {
            for (int index = 0; index < group.partitionsOf(topicId); index++) {
                Partition partition = new Partition(topicId, index);
                if (!kept.contains(partition)) {
                    free.add(partition);
                }
            }
        }
        return free;
    }

    /** One after the other, so that the partitions of a topic are spread: it may be the only one with much to read. */
    private void handOut(Queue<Partition> free) {
        List<Member> hungry = new ArrayList<>(members);
        while (!free.isEmpty()) {
            hungry.removeIf(each -> each.assigned.size() >= each.quota);
            for (Member each : hungry) {
                Partition next = free.poll();
                if (next != null) {
                    each.assigned.add(next);
                }
            }
        }
    }
}
