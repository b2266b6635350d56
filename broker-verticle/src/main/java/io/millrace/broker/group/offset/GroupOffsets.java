package io.millrace.broker.group.offset;

import io.millrace.broker.group.record.CommittedOffset;
import io.millrace.broker.group.record.OffsetRecord;
import io.millrace.wire.Uuids;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The offsets of one group, as far as they are durable. Owned by: the group's shard.
 *
 * <p>A topic that was deleted and created again is another one: an offset that was committed for the first is none for the
 * second.
 */
public final class GroupOffsets {

    private final Map<String, Map<Integer, CommittedOffset>> byTopic = new TreeMap<>();

    public boolean isEmpty() {
        return byTopic.isEmpty();
    }

    public Set<String> topics() {
        return byTopic.keySet();
    }

    /** The offsets in a topic, by partition. */
    public Map<Integer, CommittedOffset> of(String topic) {
        return byTopic.getOrDefault(topic, Map.of());
    }

    /** @param topicId what the topic is now, or zero if that does not matter */
    public @Nullable CommittedOffset get(String topic, UUID topicId, int partition) {
        CommittedOffset offset = of(topic).get(partition);
        return offset != null && isOf(offset, topicId) ? offset : null;
    }

    /** Whether an offset was committed for this topic, as far as the records say. */
    public static boolean isOf(CommittedOffset offset, UUID topicId) {
        return topicId.equals(Uuids.ZERO)
                || offset.topicId().equals(Uuids.ZERO)
                || offset.topicId().equals(topicId);
    }

    /** Makes a record true. */
    public void apply(OffsetRecord record) {
        CommittedOffset offset = record.offset();
        if (offset != null) {
            byTopic.computeIfAbsent(record.topic(), topic -> new TreeMap<>()).put(record.partition(), offset);
            return;
        }
        Map<Integer, CommittedOffset> partitions = byTopic.get(record.topic());
        if (partitions != null) {
            partitions.remove(record.partition());
            if (partitions.isEmpty()) {
                byTopic.remove(record.topic());
            }
        }
    }

    /** Chooses offsets. */
    @FunctionalInterface
    public interface Choice {
        boolean includes(String topic, CommittedOffset offset);
    }

    /** The records that make the chosen ones be forgotten. */
    public List<OffsetRecord> tombstones(String group, Choice choice) {
        List<OffsetRecord> records = new ArrayList<>();
        byTopic.forEach((topic, partitions) -> partitions.forEach((partition, offset) -> {
            if (choice.includes(topic, offset)) {
                records.add(new OffsetRecord(group, topic, partition, null));
            }
        }));
        return records;
    }

    /** Whether some offset was committed for one of these topics. */
    public boolean hasTopic(Predicate<UUID> topicIds) {
        return byTopic.values().stream()
                .flatMap(partitions -> partitions.values().stream())
                .anyMatch(offset -> topicIds.test(offset.topicId()));
    }

    /** How many there are. */
    public int count() {
        return byTopic.values().stream().mapToInt(Map::size).sum();
    }
}
