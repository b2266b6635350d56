package io.millrace.cluster;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the metadata log has decided, at one version. Immutable and shared freely between threads; a change
 * makes a new image that shares all it can with the old one.
 */
public final class ClusterImage {
    /** The cluster before its first decision. */
    public static final ClusterImage EMPTY = new ClusterImage(
            0,
            "",
            SortedTree.empty(),
            SortedTree.empty(),
            SortedTree.empty(),
            Map.of(),
            Map.of(),
            SortedTree.empty(),
            0);

    private final long version;
    private final String clusterId;
    private final SortedTree<String, TopicImage> topicsByName;
    private final SortedTree<UUID, TopicImage> topicsById;
    /** Names that hold a dot or an underscore, by their form with underscores only. */
    private final SortedTree<String, String> ambiguousNames;

    private final Map<Integer, BrokerInfo> brokers;
    private final Map<String, Map<String, String>> brokerConfigs;
    private final SortedTree<String, GroupImage> groups;
    private final long nextProducerId;

    private ClusterImage(
            long version,
            String clusterId,
            SortedTree<String, TopicImage> topicsByName,
            SortedTree<UUID, TopicImage> topicsById,
            SortedTree<String, String> ambiguousNames,
            Map<Integer, BrokerInfo> brokers,
            Map<String, Map<String, String>> brokerConfigs,
            SortedTree<String, GroupImage> groups,
            long nextProducerId) {
        this.version = version;
        this.clusterId = clusterId;
        this.topicsByName = topicsByName;
        this.topicsById = topicsById;
        this.ambiguousNames = ambiguousNames;
        this.brokers = brokers;
        this.brokerConfigs = brokerConfigs;
        this.groups = groups;
        this.nextProducerId = nextProducerId;
    }

    /** How many decisions this image is made of; grows by one with each that changed something. */
    public long version() {
        return version;
    }

    /** The cluster's id, or the empty string before {@link MetadataRecord.ClusterCreated}. */
    public String clusterId() {
        return clusterId;
    }

    public @Nullable TopicImage topic(String name) {
        return topicsByName.get(name);
    }

    public @Nullable TopicImage topic(UUID id) {
        return topicsById.get(id);
    }

    /** All topics in the order of their names. */
    public Collection<TopicImage> topics() {
        return topicsByName.values();
    }

    /** The topics whose names are not below {@code firstName}, in the order of their names. */
    public Iterable<TopicImage> topicsFrom(String firstName) {
        return topicsByName.valuesFrom(firstName);
    }

    /**
     * An existing topic that differs from {@code name} at most in dots and underscores, or null. The two would share a
     * name in metrics systems that allow only one of the characters, so Kafka refuses the second.
     */
    public @Nullable String topicCollidingWith(String name) {
        return ambiguousNames.get(withUnderscores(name));
    }

    /** Every broker that ever registered, by id, in the order of ids. */
    public Map<Integer, BrokerInfo> brokers() {
        return brokers;
    }

    /** Explicit settings of the broker with this id in decimal, or of all brokers for the empty string. */
    public Map<String, String> brokerConfigs(String brokerIdOrEmptyForDefault) {
        return brokerConfigs.getOrDefault(brokerIdOrEmptyForDefault, Map.of());
    }

    /** Explicit settings by broker id in decimal, the empty string standing for all brokers. */
    public Map<String, Map<String, String>> allBrokerConfigs() {
        return brokerConfigs;
    }

    /** Explicit settings of the group with this id. */
    public Map<String, String> groupConfigs(String groupId) {
        GroupImage group = groups.get(groupId);
        return group == null ? Map.of() : group.configs();
    }

    /** The groups that have explicit settings, in the order of their ids. */
    public Collection<GroupImage> groups() {
        return groups.values();
    }

    /** The lowest producer id that was never handed to a broker. */
    public long nextProducerId() {
        return nextProducerId;
    }

    /** The image after a decision that made these records true together. */
    public ClusterImage apply(List<MetadataRecord> records) {
        ClusterImage image = this;
        for (MetadataRecord each : records) {
            image = each.applyTo(image);
        }
        return image.atVersion(version + 1);
    }

    /** The same content under another version: how a snapshot is read back. */
    public ClusterImage atVersion(long otherVersion) {
        return new ClusterImage(
                otherVersion,
                clusterId,
                topicsByName,
                topicsById,
                ambiguousNames,
                brokers,
                brokerConfigs,
                groups,
                nextProducerId);
    }

    TopicImage existing(UUID id) {
        return present(topic(id), id);
    }

    TopicImage existing(String name) {
        return present(topic(name), name);
    }

    ClusterImage withClusterId(String id) {
        return new ClusterImage(
                version, id, topicsByName, topicsById, ambiguousNames, brokers, brokerConfigs, groups, nextProducerId);
    }

    ClusterImage withTopic(TopicImage topic) {
        return withTopics(
                topicsByName.with(topic.name(), topic),
                topicsById.with(topic.id(), topic),
                isAmbiguous(topic.name())
                        ? ambiguousNames.with(withUnderscores(topic.name()), topic.name())
                        : ambiguousNames);
    }

    ClusterImage withoutTopic(UUID id) {
        TopicImage topic = existing(id);
        return withTopics(
                topicsByName.without(topic.name()),
                topicsById.without(id),
                ambiguousNames.without(withUnderscores(topic.name())));
    }

    ClusterImage withBroker(BrokerInfo broker) {
        Map<Integer, BrokerInfo> all = new TreeMap<>(brokers);
        all.put(broker.id(), broker);
        return new ClusterImage(
                version,
                clusterId,
                topicsByName,
                topicsById,
                ambiguousNames,
                Collections.unmodifiableMap(all),
                brokerConfigs,
                groups,
                nextProducerId);
    }

    ClusterImage withBrokerConfigs(String name, Map<String, String> set, Set<String> removed) {
        Map<String, Map<String, String>> all = new HashMap<>(brokerConfigs);
        all.put(name, Map.copyOf(TopicImage.changed(brokerConfigs(name), set, removed)));
        return new ClusterImage(
                version,
                clusterId,
                topicsByName,
                topicsById,
                ambiguousNames,
                brokers,
                Map.copyOf(all),
                groups,
                nextProducerId);
    }

    ClusterImage withGroupConfigs(String groupId, Map<String, String> set, Set<String> removed) {
        Map<String, String> configs = TopicImage.changed(groupConfigs(groupId), set, removed);
        return new ClusterImage(
                version,
                clusterId,
                topicsByName,
                topicsById,
                ambiguousNames,
                brokers,
                brokerConfigs,
                configs.isEmpty() ? groups.without(groupId) : groups.with(groupId, new GroupImage(groupId, configs)),
                nextProducerId);
    }

    ClusterImage withNextProducerId(long next) {
        return new ClusterImage(
                version, clusterId, topicsByName, topicsById, ambiguousNames, brokers, brokerConfigs, groups, next);
    }

    private ClusterImage withTopics(
            SortedTree<String, TopicImage> byName,
            SortedTree<UUID, TopicImage> byId,
            SortedTree<String, String> names) {
        return new ClusterImage(
                version, clusterId, byName, byId, names, brokers, brokerConfigs, groups, nextProducerId);
    }

    private static boolean isAmbiguous(String name) {
        return name.indexOf('.') >= 0 || name.indexOf('_') >= 0;
    }

    private static String withUnderscores(String name) {
        return name.replace('.', '_');
    }

    private static TopicImage present(@Nullable TopicImage topic, Object key) {
        if (topic == null) {
            throw new IllegalStateException("a metadata record names the unknown topic " + key);
        }
        return topic;
    }
}
