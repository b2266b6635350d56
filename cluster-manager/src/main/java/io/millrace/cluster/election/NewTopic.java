package io.millrace.cluster.election;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A topic to be created.
 *
 * @param name as its requester wrote it, not yet validated
 * @param id a random id that no topic had before
 * @param partitions how many, or {@link #DEFAULT} when {@code assignment} says it or the broker decides
 * @param replicationFactor how many replicas of each partition, or {@link #DEFAULT}
 * @param assignment the replicas of each partition by its index, or empty to let the decision place them
 * @param configs explicit settings
 */
public record NewTopic(
        String name,
        UUID id,
        int partitions,
        int replicationFactor,
        Map<Integer, List<Integer>> assignment,
        Map<String, String> configs) {
    /** Leaves the number of partitions or replicas to the broker's defaults, as in Kafka's protocol. */
    public static final int DEFAULT = -1;

    public NewTopic {
        assignment = Map.copyOf(assignment);
        configs = Map.copyOf(configs);
    }
}
