package io.millrace.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * A topic as decided by the metadata log. The name is not the identity: a topic that was deleted and created again has
 * another id.
 *
 * @param name the topic's name
 * @param id the topic's identity, never the zero UUID
 * @param partitions the state of each partition, by partition index
 * @param configs the settings that were given explicitly; every other one follows the broker's defaults
 */
public record TopicImage(String name, UUID id, List<PartitionState> partitions, Map<String, String> configs) {
    public TopicImage {
        partitions = List.copyOf(partitions);
        configs = Map.copyOf(configs);
    }

    TopicImage withPartitionsAdded(List<PartitionState> added) {
        List<PartitionState> all = new ArrayList<>(partitions);
        all.addAll(added);
        return new TopicImage(name, id, all, configs);
    }

    TopicImage withPartition(int index, PartitionState state) {
        List<PartitionState> all = new ArrayList<>(partitions);
        all.set(index, state);
        return new TopicImage(name, id, all, configs);
    }

    TopicImage withConfigs(Map<String, String> set, Set<String> removed) {
        return new TopicImage(name, id, partitions, changed(configs, set, removed));
    }

    static Map<String, String> changed(Map<String, String> before, Map<String, String> set, Set<String> removed) {
        Map<String, String> after = new HashMap<>(before);
        after.keySet().removeAll(removed);
        after.putAll(set);
        return after;
    }
}
