package io.millrace.broker.group.assign;

import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A group, as an assignor sees it.
 *
 * @param members by their ids
 * @param partitionCounts of every topic that somebody has subscribed to
 */
public record GroupSpec(Map<String, MemberSpec> members, Map<UUID, Integer> partitionCounts) {

    public GroupSpec {
        // In order: of the same group the same is to come out, whoever asks.
        members = new TreeMap<>(members);
        partitionCounts = Map.copyOf(partitionCounts);
        for (MemberSpec each : members.values()) {
            if (!partitionCounts.keySet().containsAll(each.topicIds())) {
                throw new IllegalArgumentException("a member has subscribed to a topic that does not exist");
            }
        }
    }

    int partitionsOf(UUID topicId) {
        return partitionCounts.getOrDefault(topicId, 0);
    }

    /** Whether all members have subscribed to the same topics. */
    boolean isUniform() {
        Set<UUID> first = null;
        for (MemberSpec each : members.values()) {
            if (first == null) {
                first = each.topicIds();
            } else if (!first.equals(each.topicIds())) {
                return false;
            }
        }
        return true;
    }

    /** All topics that somebody has subscribed to. */
    SortedSet<UUID> topicIds() {
        SortedSet<UUID> all = new TreeSet<>();
        members.values().forEach(each -> all.addAll(each.topicIds()));
        return all;
    }
}
