package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What assignors begin with. */
final class Shares {

    private Shares() {}

    /** Nothing for everybody. */
    static Map<String, Set<TopicPartition>> empty(List<GroupMember> members) {
        Map<String, Set<TopicPartition>> assignment = new TreeMap<>();
        members.forEach(each -> assignment.put(each.memberId(), new TreeSet<>()));
        return assignment;
    }

    /** The topics that exist and have subscribers. */
    static SortedSet<String> topics(Map<String, Integer> partitionCounts, List<GroupMember> members) {
        SortedSet<String> topics = new TreeSet<>();
        members.forEach(each -> topics.addAll(each.topics()));
        topics.retainAll(partitionCounts.keySet());
        return topics;
    }
}
