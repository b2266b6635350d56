package io.millrace.cluster.election;

import static io.millrace.cluster.Outcome.Reason.INVALID_CONFIG;
import static io.millrace.cluster.Outcome.Reason.INVALID_PARTITIONS;
import static io.millrace.cluster.Outcome.Reason.INVALID_REPLICATION_FACTOR;
import static io.millrace.cluster.Outcome.Reason.INVALID_REPLICA_ASSIGNMENT;
import static io.millrace.cluster.Outcome.Reason.INVALID_REQUEST;
import static io.millrace.cluster.Outcome.Reason.INVALID_TOPIC_EXCEPTION;
import static io.millrace.cluster.Outcome.Reason.POLICY_VIOLATION;
import static io.millrace.cluster.Outcome.Reason.TOPIC_ALREADY_EXISTS;
import static io.millrace.cluster.Outcome.Reason.UNKNOWN_TOPIC_ID;
import static io.millrace.cluster.Outcome.Reason.UNKNOWN_TOPIC_OR_PARTITION;

import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.Decider;
import io.millrace.cluster.MetadataRecord.PartitionsAdded;
import io.millrace.cluster.MetadataRecord.TopicCreated;
import io.millrace.cluster.MetadataRecord.TopicDeleted;
import io.millrace.cluster.Outcome;
import io.millrace.cluster.Outcome.Accepted;
import io.millrace.cluster.Outcome.Rejected;
import io.millrace.cluster.PartitionState;
import io.millrace.cluster.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decisions that create, grow and delete topics. To see what one would decide without deciding it (Kafka's
 * {@code validateOnly}), call it with the current image and drop the records.
 */
public final class TopicDecisions {
    /** The most partitions that one request may add; each costs files and memory. Kafka has the same limit. */
    public static final int NEW_PARTITIONS_MAX = 10_000;

    private TopicDecisions() {}

    /** Creates a topic; answers its image. */
    public static Decider<Outcome<TopicImage>> create(NewTopic topic, TopicDefaults defaults, ConfigCheck check) {
        return image -> {
            Rejected<TopicImage> refused = refusalOfName(image, topic.name());
            if (refused == null) {
                refused = refusalOfConfigs(topic.configs(), check);
            }
            if (refused != null) {
                return Outcome.reject(refused.reason(), refused.message());
            }
            Outcome<List<PartitionState>> placed = place(image, topic, defaults);
            if (placed instanceof Rejected<List<PartitionState>> no) {
                return Outcome.reject(no.reason(), no.message());
            }
            List<PartitionState> states = ((Accepted<List<PartitionState>>) placed).value();
            TopicImage created = new TopicImage(topic.name(), topic.id(), states, topic.configs());
            return Outcome.accept(created, List.of(new TopicCreated(created)));
        };
    }

    /**
     * Grows a topic to {@code total} partitions; answers its image afterwards.
     *
     * @param assignment the replicas of each added partition, or null to let the decision place them
     */
    public static Decider<Outcome<TopicImage>> addPartitions(
            String name, int total, @Nullable List<List<Integer>> assignment) {
        return image -> {
            TopicImage topic = image.topic(name);
            if (topic == null) {
                return Outcome.reject(UNKNOWN_TOPIC_OR_PARTITION, "This server does not host this topic-partition.");
            }
            Rejected<TopicImage> refused = refusalOfGrowth(topic, total, assignment);
            if (refused != null) {
                return Outcome.reject(refused.reason(), refused.message());
            }
            int factor = topic.partitions().get(0).replicas().size();
            int added = total - topic.partitions().size();
            Outcome<List<PartitionState>> placed = assignment == null
                    ? ReplicaPlacement.spread(
                            image,
                            added,
                            factor,
                            topic.id().hashCode() + topic.partitions().size())
                    : ReplicaPlacement.manual(image, assignment, factor);
            if (placed instanceof Rejected<List<PartitionState>> no) {
                return Outcome.reject(no.reason(), no.message());
            }
            PartitionsAdded record = new PartitionsAdded(topic.id(), ((Accepted<List<PartitionState>>) placed).value());
            TopicImage grown = image.apply(List.of(record)).topic(name);
            return Outcome.accept(Objects.requireNonNull(grown), List.of(record));
        };
    }

    /** Deletes the topic that has this name now; answers its last image. */
    public static Decider<Outcome<TopicImage>> delete(String name) {
        return image -> {
            TopicImage topic = image.topic(name);
            return topic == null
                    ? Outcome.reject(UNKNOWN_TOPIC_OR_PARTITION, "This server does not host this topic-partition.")
                    : Outcome.accept(topic, List.of(new TopicDeleted(topic.id())));
        };
    }

    /** Deletes the topic with this id; answers its last image. */
    public static Decider<Outcome<TopicImage>> delete(UUID id) {
        return image -> {
            TopicImage topic = image.topic(id);
            return topic == null
                    ? Outcome.reject(UNKNOWN_TOPIC_ID, "This server does not host this topic ID.")
                    : Outcome.accept(topic, List.of(new TopicDeleted(id)));
        };
    }

    private static @Nullable Rejected<TopicImage> refusalOfName(ClusterImage image, String name) {
        String problem = TopicNames.problemWith(name);
        if (problem != null) {
            return new Rejected<>(INVALID_TOPIC_EXCEPTION, problem);
        }
        if (image.topic(name) != null) {
            return new Rejected<>(TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists.");
        }
        String collision = image.topicCollidingWith(name);
        if (collision != null) {
            return new Rejected<>(
                    INVALID_TOPIC_EXCEPTION, "Topic '" + name + "' collides with existing topic: " + collision);
        }
        return null;
    }

    private static @Nullable Rejected<TopicImage> refusalOfConfigs(Map<String, String> configs, ConfigCheck check) {
        String problem = check.problemWith(configs);
        return problem == null ? null : new Rejected<>(INVALID_CONFIG, problem);
    }

    private static Outcome<List<PartitionState>> place(ClusterImage image, NewTopic topic, TopicDefaults defaults) {
        if (!topic.assignment().isEmpty()) {
            return placeAsAsked(image, topic);
        }
        int count = topic.partitions() == NewTopic.DEFAULT ? defaults.partitions() : topic.partitions();
        int factor = topic.replicationFactor() == NewTopic.DEFAULT
                ? defaults.replicationFactor()
                : topic.replicationFactor();
        if (factor <= 0) {
            return new Rejected<>(
                    INVALID_REPLICATION_FACTOR,
                    "Replication factor must be larger than 0, or -1 to use the default value.");
        }
        if (count <= 0) {
            return new Rejected<>(INVALID_PARTITIONS, "Number of partitions was set to an invalid non-positive value.");
        }
        if (count > NEW_PARTITIONS_MAX) {
            return new Rejected<>(POLICY_VIOLATION, tooManyPartitions());
        }
        return ReplicaPlacement.spread(image, count, factor, topic.id().hashCode());
    }

    private static Outcome<List<PartitionState>> placeAsAsked(ClusterImage image, NewTopic topic) {
        if (topic.replicationFactor() != NewTopic.DEFAULT) {
            return new Rejected<>(
                    INVALID_REQUEST,
                    "A manual partition assignment was specified, but replication factor was not set to -1.");
        }
        if (topic.partitions() != NewTopic.DEFAULT) {
            return new Rejected<>(
                    INVALID_REQUEST,
                    "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }
        if (topic.assignment().size() > NEW_PARTITIONS_MAX) {
            return new Rejected<>(POLICY_VIOLATION, tooManyPartitions());
        }
        List<List<Integer>> byIndex = new ArrayList<>();
        for (int partition = 0; partition < topic.assignment().size(); partition++) {
            List<Integer> replicas = topic.assignment().get(partition);
            if (replicas == null) {
                return new Rejected<>(
                        INVALID_REPLICA_ASSIGNMENT, "partitions should be a consecutive 0-based integer sequence");
            }
            byIndex.add(replicas);
        }
        return ReplicaPlacement.manual(image, byIndex, byIndex.get(0).size());
    }

    private static @Nullable Rejected<TopicImage> refusalOfGrowth(
            TopicImage topic, int total, @Nullable List<List<Integer>> assignment) {
        int current = topic.partitions().size();
        if (topic.name().equals(TopicNames.CONSUMER_OFFSETS)) {
            return new Rejected<>(
                    INVALID_TOPIC_EXCEPTION,
                    "Groups are found by the number of partitions of " + topic.name() + ": it cannot be changed.");
        }
        if (total == current) {
            return new Rejected<>(INVALID_PARTITIONS, "Topic already has " + current + " partition(s).");
        }
        if (total < current) {
            return new Rejected<>(
                    INVALID_PARTITIONS,
                    "The topic " + topic.name() + " currently has " + current + " partition(s); " + total
                            + " would not be an increase.");
        }
        int added = total - current;
        if (added > NEW_PARTITIONS_MAX) {
            return new Rejected<>(POLICY_VIOLATION, tooManyPartitions());
        }
        if (assignment != null && assignment.size() != added) {
            return new Rejected<>(
                    INVALID_REPLICA_ASSIGNMENT,
                    "Attempted to add " + added + " additional partition(s), but only " + assignment.size()
                            + " assignment(s) were specified.");
        }
        return null;
    }

    private static String tooManyPartitions() {
        return "Excessively large number of partitions per request: at most " + NEW_PARTITIONS_MAX + " are allowed.";
    }
}
