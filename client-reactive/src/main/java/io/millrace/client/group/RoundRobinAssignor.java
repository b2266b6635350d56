package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Kafka's {@code roundrobin}. See {@link Assignors#ROUND_ROBIN}. */
final class RoundRobinAssignor implements PartitionAssignor {

    @Override
    public String name() {
        return "roundrobin";
    }

    @Override
    public boolean isCooperative() {
        return false;
    }

    @Override
    public Map<String, Set<TopicPartition>> assign(Map<String, Integer> partitionCounts, List<GroupMember> members) {
        Map<String, Set<TopicPartition>> assignment = Shares.empty(members);
        List<GroupMember> inTurn = new ArrayList<>(members);
        inTurn.sort(GroupMember.STATIC_FIRST);
        int turn = 0;
        for (String topic : Shares.topics(partitionCounts, members)) {
            for (int partition = 0; partition < partitionCounts.getOrDefault(topic, 0); partition++) {
                // Somebody has subscribed, or the topic would not be here.
                while (!inTurn.get(turn).topics().contains(topic)) {
                    turn = (turn + 1) % inTurn.size();
                }
                assignment
                        .computeIfAbsent(inTurn.get(turn).memberId(), id -> new TreeSet<>())
                        .add(new TopicPartition(topic, partition));
                turn = (turn + 1) % inTurn.size();
            }
        }
        return assignment;
    }
}
