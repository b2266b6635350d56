package io.millrace.cluster.log;

import io.millrace.cluster.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Images as text that can be compared, also in a failure's message. */
final class Snapshots {
    private Snapshots() {}

    static String of(ClusterImage image) {
        List<Object> parts = new ArrayList<>(image.topics().stream()
                .map(topic -> topic.name() + topic.id() + topic.partitions() + new TreeMap<>(topic.configs()))
                .toList());
        parts.add(image.clusterId());
        parts.add(image.brokers());
        parts.add(new TreeMap<>(Map.copyOf(image.allBrokerConfigs())));
        image.groups().forEach(group -> parts.add(group.id() + new TreeMap<>(group.configs())));
        parts.add(image.nextProducerId());
        parts.add(image.version());
        return parts.toString();
    }
}
