package io.millrace.broker.group.assign;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** A set of partitions, by topic. Immutable; topics and partitions come in their order. */
public final class TopicPartitions {

    public static final TopicPartitions NONE = new Builder().build();

    /** In the order of the ids, and never changed; no set in it is empty. */
    private final Map<UUID, BitSet> byTopic;

    private final int count;

    /** Gets one partition. */
    @FunctionalInterface
    public interface Visitor {
        void visit(UUID topicId, int partition);
    }

    /** Chooses partitions. */
    @FunctionalInterface
    public interface Choice {
        boolean includes(UUID topicId, int partition);
    }

    private TopicPartitions(Map<UUID, BitSet> byTopic) {
        this.byTopic = byTopic;
        this.count = byTopic.values().stream().mapToInt(BitSet::cardinality).sum();
    }

    /** Collects partitions. Can be used until it has built. */
    public static final class Builder {
        private final Map<UUID, BitSet> byTopic = new TreeMap<>();

        private int count() {
            return byTopic.values().stream().mapToInt(BitSet::cardinality).sum();
        }

        public Builder add(UUID topicId, int partition) {
            byTopic.computeIfAbsent(topicId, id -> new BitSet()).set(partition);
            return this;
        }

        public Builder addAll(UUID topicId, Iterable<Integer> partitions) {
            partitions.forEach(each -> add(topicId, each));
            return this;
        }

        /** @param end the first partition that does not belong to it */
        Builder addRange(UUID topicId, int start, int end) {
            if (start < end) {
                byTopic.computeIfAbsent(topicId, id -> new BitSet(end)).set(start, end);
            }
            return this;
        }

        public TopicPartitions build() {
            return new TopicPartitions(byTopic);
        }
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** Partitions of all topics. */
    public int count() {
        return count;
    }

    public Set<UUID> topicIds() {
        return byTopic.keySet();
    }

    /** The partitions of a topic, in order. */
    public List<Integer> of(UUID topicId) {
        BitSet partitions = byTopic.get(topicId);
        if (partitions == null) {
            return List.of();
        }
        List<Integer> list = new ArrayList<>(partitions.cardinality());
        partitions.stream().forEach(list::add);
        return list;
    }

    public boolean contains(UUID topicId, int partition) {
        BitSet partitions = byTopic.get(topicId);
        return partitions != null && partition >= 0 && partitions.get(partition);
    }

    public boolean intersects(TopicPartitions other) {
        for (Map.Entry<UUID, BitSet> each : byTopic.entrySet()) {
            BitSet theirs = other.byTopic.get(each.getKey());
            if (theirs != null && theirs.intersects(each.getValue())) {
                return true;
            }
        }
        return false;
    }

    public void forEach(Visitor visitor) {
        byTopic.forEach((topicId, partitions) -> partitions.stream().forEach(each -> visitor.visit(topicId, each)));
    }

    /** Those that are chosen. */
    public TopicPartitions where(Choice choice) {
        Builder chosen = new Builder();
        forEach((topicId, partition) -> {
            if (choice.includes(topicId, partition)) {
                chosen.add(topicId, partition);
            }
        });
        return chosen.count() == count ? this : chosen.build();
    }

    /** These and those. */
    public TopicPartitions plus(TopicPartitions other) {
        if (other.isEmpty() || isEmpty()) {
            return other.isEmpty() ? this : other;
        }
        Builder all = new Builder();
        forEach(all::add);
        other.forEach(all::add);
        return all.build();
    }

    /** These without those. */
    public TopicPartitions minus(TopicPartitions other) {
        return other.isEmpty() ? this : where((topicId, partition) -> !other.contains(topicId, partition));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TopicPartitions those && byTopic.equals(those.byTopic);
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
