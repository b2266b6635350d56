package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Kafka's {@code range}. See {@link Assignors#RANGE}. */
final class RangeAssignor implements PartitionAssignor {

    @Override
    public String name() {
        return "range";
    }

    @Override
    public boolean isCooperative() {
        return false;
    }

    @Override
    public Map<String, Set<TopicPartition>> assign(Map<String, Integer> partitionCounts, List<GroupMember> members) {
        Map<String, Set<TopicPartition>> assignment = Shares.empty(members);
        for (String topic : Shares.topics(partitionCounts, members)) {
            List<GroupMember> subscribers = new ArrayList<>(members.stream()
                    .filter(each -> each.topics().contains(topic))
                    .toList());
            subscribers.sort(GroupMember.STATIC_FIRST);
            int partitions = partitionCounts.getOrDefault(topic, 0);
            int share = partitions / subscribers.size();
            int larger = partitions % subscribers.size();
            int next = 0;
            for (int i = 0; i < subscribers.size(); i++) {
                Set<TopicPartition> assigned =
                        assignment.computeIfAbsent(subscribers.get(i).memberId(), id -> new TreeSet<>());
                for (int end = next + share + (i < larger ? 1 : 0); next < end; next++) {
                    assigned.add(new TopicPartition(topic, next));
                }
            }
        }
        return assignment;
    }
}
