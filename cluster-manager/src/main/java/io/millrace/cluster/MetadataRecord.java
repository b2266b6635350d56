package io.millrace.cluster;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * One fact in the metadata log. Records are decided against an image in which they make sense, so applying one never
 * fails unless the log is damaged or our own code is wrong.
 */
public sealed interface MetadataRecord {
    /** The image after this fact; {@code image} itself is unchanged. */
    ClusterImage applyTo(ClusterImage image);

    /** The cluster exists and has an id from now on. */
    record ClusterCreated(String clusterId) implements MetadataRecord {
        @Override
        public ClusterImage applyTo(ClusterImage image) {
            return image.withClusterId(clusterId);
        }
    }

    /** A broker started, under the incarnation that the record carries. */
    record BrokerRegistered(BrokerInfo broker) implements MetadataRecord {
        @Override
        public ClusterImage applyTo(ClusterImage image) {
            return image.withBroker(broker);
        }
    }

    /** A topic exists. */
    record TopicCreated(TopicImage topic) implements MetadataRecord {
        @Override
        public ClusterImage applyTo(ClusterImage image) {
            return image.withTopic(topic);
        }
    }

    /** A topic and its data are gone. */
    record TopicDeleted(UUID topicId) implements MetadataRecord {
        @Override
        public ClusterImage applyTo(ClusterImage image) {
            return image.withoutTopic(topicId);
        }
    }

    /** A topic has more partitions: {@code added} follow those that it had. */
    record PartitionsAdded(UUID topicId, List<PartitionState> added) implements MetadataRecord {
        public PartitionsAdded {
            added = List.copyOf(added);
        }

        @Override
        public ClusterImage applyTo(ClusterImage image) {
            return image.withTopic(image.existing(topicId).withPartitionsAdded(added));
        }
    }

    /** A partition has another leader, epoch or set of replicas. */
    record PartitionChanged(UUID topicId, int partition, PartitionState state) implements MetadataRecord {
        @Override
        public ClusterImage applyTo(ClusterImage image) {
            return image.withTopic(image.existing(topicId).withPartition(partition, state));
        }
    }

    /**
     * Explicit settings changed.
     *
     * @param name see {@link ConfigScope}
     * @param set keys that have a new value
     * @param removed keys that follow the default again
     */
    record ConfigsChanged(ConfigScope scope, String name, Map<String, String> set, Set<String> removed)
            implements MetadataRecord {
        public ConfigsChanged {
            set = Map.copyOf(set);
            removed = Set.copyOf(removed);
        }

        @Override
        public ClusterImage applyTo(ClusterImage image) {
            return switch (scope) {
                case TOPIC -> image.withTopic(image.existing(name).withConfigs(set, removed));
                case BROKER -> image.withBrokerConfigs(name, set, removed);
                case GROUP -> image.withGroupConfigs(name, set, removed);
            };
        }
    }

    /**
     * A broker owns the producer ids from the previous {@link ClusterImage#nextProducerId()} up to
     * {@code nextProducerId}, exclusive.
     */
    record ProducerIdsAllocated(int brokerId, long nextProducerId) implements MetadataRecord {
        @Override
        public ClusterImage applyTo(ClusterImage image) {
            return image.withNextProducerId(nextProducerId);
        }
    }
}
