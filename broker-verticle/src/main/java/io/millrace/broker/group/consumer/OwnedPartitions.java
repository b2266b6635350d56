package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.wire.message.ConsumerGroupCurrentMemberAssignmentValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Partitions that a member has, and the epoch in which it got each: a commit of offsets from that epoch on is in order, even if
 * the member has not heard of the current one yet. Immutable.
 */
final class OwnedPartitions {

    static final OwnedPartitions NONE = new OwnedPartitions(new TreeMap<>());

    /** Epochs by partition. Never changed. */
    private final SortedMap<UUID, SortedMap<Integer, Integer>> byTopic;

    private final TopicPartitions partitions;

    private OwnedPartitions(SortedMap<UUID, SortedMap<Integer, Integer>> byTopic) {
        this.byTopic = byTopic;
        TopicPartitions.Builder builder = new TopicPartitions.Builder();
        byTopic.forEach((topicId, epochs) -> builder.addAll(topicId, epochs.keySet()));
        this.partitions = builder.build();
    }

    TopicPartitions partitions() {
        return partitions;
    }

    boolean isEmpty() {
        return partitions.isEmpty();
    }

    boolean contains(UUID topicId, int partition) {
        return partitions.contains(topicId, partition);
    }

    /** Whether the member got the partition in this epoch or before. */
    boolean hasSince(UUID topicId, int partition, int epoch) {
        SortedMap<Integer, Integer> epochs = byTopic.get(topicId);
        Integer since = epochs == null ? null : epochs.get(partition);
        return since != null && since <= epoch;
    }

    /** Those that are chosen, with their epochs. */
    OwnedPartitions where(TopicPartitions.Choice choice) {
        SortedMap<UUID, SortedMap<Integer, Integer>> chosen = new TreeMap<>();
        byTopic.forEach((topicId, epochs) -> epochs.forEach((partition, epoch) -> {
            if (choice.includes(topicId, partition)) {
                put(chosen, topicId, partition, epoch);
            }
        }));
        return new OwnedPartitions(chosen);
    }

    /** These, and more that the member gets in an epoch. */
    OwnedPartitions plus(TopicPartitions more, int epoch) {
        SortedMap<UUID, SortedMap<Integer, Integer>> all = copy();
        more.forEach((topicId, partition) -> put(all, topicId, partition, epoch));
        return new OwnedPartitions(all);
    }

    OwnedPartitions plus(OwnedPartitions more) {
        SortedMap<UUID, SortedMap<Integer, Integer>> all = copy();
        more.byTopic.forEach(
                (topicId, epochs) -> epochs.forEach((partition, epoch) -> put(all, topicId, partition, epoch)));
        return new OwnedPartitions(all);
    }

    private SortedMap<UUID, SortedMap<Integer, Integer>> copy() {
        SortedMap<UUID, SortedMap<Integer, Integer>> copy = new TreeMap<>();
        byTopic.forEach((topicId, epochs) -> copy.put(topicId, new TreeMap<>(epochs)));
        return copy;
    }

    private static void put(
            Map<UUID, SortedMap<Integer, Integer>> into, UUID topicId, Integer partition, Integer epoch) {
        into.computeIfAbsent(topicId, id -> new TreeMap<>()).put(partition, epoch);
    }

    // ---- records

    /** @param defaultEpoch of records that do not say it: those of brokers before Kafka 4.3 */
    static OwnedPartitions of(
            List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> recorded, int defaultEpoch) {
        SortedMap<UUID, SortedMap<Integer, Integer>> byTopic = new TreeMap<>();
        for (ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions topic : recorded) {
            List<Integer> epochs = topic.assignmentEpochs();
            boolean saysEpochs =
                    epochs != null && epochs.size() == topic.partitions().size();
            for (int i = 0; i < topic.partitions().size(); i++) {
                int epoch = saysEpochs && epochs != null ? epochs.get(i) : defaultEpoch;
                put(byTopic, topic.topicId(), topic.partitions().get(i), epoch);
            }
        }
        return new OwnedPartitions(byTopic);
    }

    List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> recorded() {
        List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> list = new ArrayList<>(byTopic.size());
        byTopic.forEach((topicId, epochs) -> list.add(new ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions()
                .topicId(topicId)
                .partitions(new ArrayList<>(epochs.keySet()))
                .assignmentEpochs(new ArrayList<>(epochs.values()))));
        return list;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OwnedPartitions those && byTopic.equals(those.byTopic);
    }

    @Override
    public int hashCode() {
        return byTopic.hashCode();
    }

    @Override
    public String toString() {
        return byTopic.toString();
    }
}
