package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's {@code sticky} (KIP-54) and {@code cooperative-sticky} (KIP-429): every member gets as many partitions as any
 * other, as far as subscriptions allow, and what need not move stays. Members tell the leader what they had: in their
 * user data, or in the subscription itself if they still have it.
 *
 * <p>The cooperative one does not assign a partition that somebody else still has. It goes to nobody this time, its
 * owner gives it up and joins again, and then it is free.
 */
final class StickyAssignor implements PartitionAssignor {
    private final boolean cooperative;

    StickyAssignor(boolean cooperative) {
        this.cooperative = cooperative;
    }

    @Override
    public String name() {
        return cooperative ? "cooperative-sticky" : "sticky";
    }

    @Override
    public boolean isCooperative() {
        return cooperative;
    }

    @Override
    public @Nullable ByteBuf userData(Set<TopicPartition> assigned, int generation) {
        if (cooperative) {
            return StickyUserData.generation(generation);
        }
        return generation == GroupMember.NO_GENERATION ? null : StickyUserData.assignment(assigned, generation);
    }

    @Override
    public GroupMember withUserData(GroupMember member, @Nullable ByteBuf userData) {
        if (!cooperative) {
            return StickyUserData.readAssignment(member, userData);
        }
        // Subscriptions of version 2 and later say the generation themselves.
        if (member.generation() != GroupMember.NO_GENERATION || userData == null) {
            return member;
        }
        return member.owning(member.owned(), StickyUserData.readGeneration(userData));
    }

    @Override
    public Map<String, Set<TopicPartition>> assign(Map<String, Integer> partitionCounts, List<GroupMember> members) {
        Map<String, Set<TopicPartition>> kept = ownedByOne(partitionCounts, members);
        Map<String, Set<TopicPartition>> assignment = haveSameTopics(members)
                ? new EvenShares(partitionCounts, members, kept).assign()
                : new LoadBalance(partitionCounts, members, kept).assign();
        if (cooperative) {
            withhold(members, assignment);
        }
        return assignment;
    }

    /**
     * What each member has had and may keep. If two say that they have had a partition, the one of the later generation
     * is right; of the same generation, neither can be believed.
     */
    private static Map<String, Set<TopicPartition>> ownedByOne(
            Map<String, Integer> partitionCounts, List<GroupMember> members) {
        Map<TopicPartition, Integer> newest = new HashMap<>();
        Map<TopicPartition, String> owners = new HashMap<>();
        for (GroupMember member : members) {
            for (TopicPartition each : member.owned()) {
                int known = newest.getOrDefault(each, Integer.MIN_VALUE);
                if (member.generation() > known) {
                    newest.put(each, member.generation());
                    owners.put(each, member.memberId());
                } else if (member.generation() == known) {
                    owners.remove(each);
                }
            }
        }
        Map<String, Set<TopicPartition>> kept = Shares.empty(members);
        for (GroupMember member : members) {
            for (TopicPartition each : member.owned()) {
                boolean exists = each.partition() < partitionCounts.getOrDefault(each.topic(), 0);
                if (exists
                        && member.topics().contains(each.topic())
                        && member.memberId().equals(owners.get(each))) {
                    kept.computeIfAbsent(member.memberId(), id -> new TreeSet<>())
                            .add(each);
                }
            }
        }
        return kept;
    }

    private static boolean haveSameTopics(List<GroupMember> members) {
        return members.stream().map(GroupMember::topics).distinct().count() <= 1;
    }

    /** Whoever says that it has a partition may be reading it, whether it is right or not. */
    private static void withhold(List<GroupMember> members, Map<String, Set<TopicPartition>> assignment) {
        Map<TopicPartition, String> newOwners = new HashMap<>();
        assignment.forEach((id, partitions) -> partitions.forEach(each -> newOwners.put(each, id)));
        for (GroupMember member : members) {
            for (TopicPartition each : member.owned()) {
                String newOwner = newOwners.get(each);
                Set<TopicPartition> assigned = newOwner == null ? null : assignment.get(newOwner);
                if (assigned != null && !member.memberId().equals(newOwner)) {
                    assigned.remove(each);
                }
            }
        }
    }
}
