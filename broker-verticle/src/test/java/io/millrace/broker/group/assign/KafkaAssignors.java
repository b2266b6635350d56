package io.millrace.broker.group.assign;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.coordinator.group.api.assignor.GroupAssignment;
import org.apache.kafka.coordinator.group.api.assignor.MemberAssignment;
import org.apache.kafka.coordinator.group.api.assignor.PartitionAssignor;
import org.apache.kafka.coordinator.group.api.assignor.SubscribedTopicDescriber;
import org.apache.kafka.coordinator.group.api.assignor.SubscriptionType;
import org.apache.kafka.coordinator.group.modern.Assignment;
import org.apache.kafka.coordinator.group.modern.GroupSpecImpl;
import org.apache.kafka.coordinator.group.modern.MemberSubscriptionAndAssignmentImpl;
import org.jspecify.annotations.Nullable;

/** Asks Kafka's own assignors. */
final class KafkaAssignors {

    private KafkaAssignors() {}

    static Map<String, TopicPartitions> assign(PartitionAssignor assignor, GroupSpec group) {
        Map<String, MemberSubscriptionAndAssignmentImpl> members = new TreeMap<>();
        Map<Uuid, Map<Integer, String>> owners = new HashMap<>();
        group.members().forEach((id, member) -> {
            Map<Uuid, Set<Integer>> assigned = new HashMap<>();
            member.assigned().forEach((topicId, partition) -> {
                assigned.computeIfAbsent(uuid(topicId), topic -> new HashSet<>())
                        .add(partition);
                owners.computeIfAbsent(uuid(topicId), topic -> new HashMap<>()).put(partition, id);
            });
            members.put(
                    id,
                    new MemberSubscriptionAndAssignmentImpl(
                            Optional.empty(),
                            Optional.ofNullable(member.instanceId()),
                            member.topicIds().stream().map(KafkaAssignors::uuid).collect(Collectors.toSet()),
                            new Assignment(Map.copyOf(assigned))));
        });
        GroupAssignment assignment = assignor.assign(
                new GroupSpecImpl(
                        members,
                        group.isUniform() ? SubscriptionType.HOMOGENEOUS : SubscriptionType.HETEROGENEOUS,
                        owners),
                new Topics(group));
        Map<String, TopicPartitions> result = new HashMap<>();
        group.members()
                .keySet()
                .forEach(id -> result.put(id, partitions(assignment.members().get(id))));
        return result;
    }

    private static TopicPartitions partitions(@Nullable MemberAssignment member) {
        TopicPartitions.Builder partitions = new TopicPartitions.Builder();
        if (member != null) {
            member.partitions().forEach((topicId, each) -> partitions.addAll(uuid(topicId), each));
        }
        return partitions.build();
    }

    private static Uuid uuid(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private static UUID uuid(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private record Topics(GroupSpec group) implements SubscribedTopicDescriber {

        @Override
        public int numPartitions(Uuid topicId) {
            return group.partitionCounts().getOrDefault(uuid(topicId), -1);
        }

        @Override
        public Set<String> racksForPartition(Uuid topicId, int partition) {
            return Set.of();
        }
    }
}
