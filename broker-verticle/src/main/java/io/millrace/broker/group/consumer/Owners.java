package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.TopicPartitions;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which member has which partition, or has not given it up yet. Owned by: its group. */
final class Owners {

    private final Map<UUID, Map<Integer, String>> byTopic = new HashMap<>();

    void give(String memberId, Progress progress) {
        put(memberId, progress.assigned().partitions());
        put(memberId, progress.revoking().partitions());
    }

    private void put(String memberId, TopicPartitions partitions) {
        partitions.forEach((topicId, partition) ->
                byTopic.computeIfAbsent(topicId, id -> new HashMap<>()).put(partition, memberId));
    }

    /** Of what others have got meanwhile, nothing is taken: a log that was compacted tells things in another order. */
    void take(String memberId, Progress progress) {
        remove(memberId, progress.assigned().partitions());
        remove(memberId, progress.revoking().partitions());
    }

    private void remove(String memberId, TopicPartitions partitions) {
        partitions.forEach((topicId, partition) -> {
            Map<Integer, String> owners = byTopic.get(topicId);
            if (owners != null && owners.remove(partition, memberId) && owners.isEmpty()) {
                byTopic.remove(topicId);
            }
        });
    }

    /** Null if nobody has it. */
    @Nullable
    String of(UUID topicId, int partition) {
        Map<Integer, String> owners = byTopic.get(topicId);
        return owners == null ? null : owners.get(partition);
    }
}
