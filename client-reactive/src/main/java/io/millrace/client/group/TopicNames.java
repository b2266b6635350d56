package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** The names of topics by their ids, and back, for a protocol that speaks of ids to a consumer that knows names. */
final class TopicNames {
    private final Map<UUID, String> names = new HashMap<>();
    private final Map<String, UUID> ids = new HashMap<>();

    /** A topic that was deleted and made again has another id; the name then means the new one. */
    void add(Collection<KnownTopic> topics) {
        for (KnownTopic each : topics) {
            if (!each.id().equals(Uuids.ZERO)) {
                names.put(each.id(), each.name());
                ids.put(each.name(), each.id());
            }
        }
    }

    Set<UUID> unknown(Collection<UUID> wanted) {
        Set<UUID> unknown = new TreeSet<>(wanted);
        unknown.removeAll(names.keySet());
        return unknown;
    }

    /** Those whose topics have names. */
    Set<TopicPartition> resolve(Map<UUID, Set<Integer>> partitions) {
        Set<TopicPartition> resolved = new TreeSet<>();
        partitions.forEach((id, numbers) -> {
            String name = names.get(id);
            if (name != null && id.equals(ids.get(name))) {
                numbers.forEach(each -> resolved.add(new TopicPartition(name, each)));
            }
        });
        return resolved;
    }

    List<ConsumerGroupHeartbeatRequest.TopicPartitions> toIds(Set<TopicPartition> partitions) {
        List<ConsumerGroupHeartbeatRequest.TopicPartitions> list = new ArrayList<>();
        StickyUserData.byTopic(partitions).forEach((name, numbers) -> {
            UUID id = ids.get(name);
            if (id != null) {
                list.add(new ConsumerGroupHeartbeatRequest.TopicPartitions()
                        .topicId(id)
                        .partitions(numbers));
            }
        });
        return list;
    }

    static Map<UUID, Set<Integer>> byTopic(ConsumerGroupHeartbeatResponse.Assignment assignment) {
        Map<UUID, Set<Integer>> byTopic = new TreeMap<>();
        for (ConsumerGroupHeartbeatResponse.TopicPartitions each : assignment.topicPartitions()) {
            byTopic.computeIfAbsent(each.topicId(), id -> new TreeSet<>()).addAll(each.partitions());
        }
        return byTopic;
    }
}
