package io.millrace.broker.partition;

import io.millrace.wire.ErrorCode;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that this broker keeps, by topic. Read by any thread; changed by {@link PartitionLifecycle} alone, on
 * the metadata log's thread.
 */
public final class Partitions {

    /** A topic and those of its partitions that are kept here. Immutable. */
    public static final class Topic {

        private final String name;
        private final UUID id;
        private final @Nullable Partition[] partitions;
        private final BitSet damaged;

        /** @param damaged those that this broker should keep, but whose logs it cannot open */
        Topic(String name, UUID id, @Nullable Partition[] partitions, BitSet damaged) {
            this.name = name;
            this.id = id;
            this.partitions = partitions;
            this.damaged = damaged;
        }

        public String name() {
            return name;
        }

        public UUID id() {
            return id;
        }

        /** One more than the highest partition index that was ever here. */
        public int size() {
            return partitions.length;
        }

        /** Null if there is no such partition here; {@link #whyMissing} knows more. */
        public @Nullable Partition partition(int index) {
            return index >= 0 && index < partitions.length ? partitions[index] : null;
        }

        private boolean isOffline(int index) {
            Partition partition = partition(index);
            return partition == null ? index >= 0 && damaged.get(index) : partition.isOffline();
        }

        /** KAFKA_STORAGE_ERROR if the partition exists and its log cannot be opened, else UNKNOWN_TOPIC_OR_PARTITION. */
        public ErrorCode whyMissing(int index) {
            return index >= 0 && damaged.get(index)
                    ? ErrorCode.KAFKA_STORAGE_ERROR
                    : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        }
    }

    private final Map<String, Topic> byName = new ConcurrentHashMap<>();
    private final Map<UUID, Topic> byId = new ConcurrentHashMap<>();

    public @Nullable Topic topic(String name) {
        return byName.get(name);
    }

    public @Nullable Topic topic(UUID id) {
        return byId.get(id);
    }

    public @Nullable Partition find(String topic, int index) {
        Topic found = byName.get(topic);
        return found == null ? null : found.partition(index);
    }

    public @Nullable Partition find(UUID topicId, int index) {
        Topic found = byId.get(topicId);
        return found == null ? null : found.partition(index);
    }

    /** What to answer for a partition that is not found. */
    public ErrorCode whyMissing(String topic, int index) {
        return whyMissing(byName.get(topic), index);
    }

    /** What to answer for a partition that is not found. */
    public ErrorCode whyMissing(UUID topicId, int index) {
        Topic found = byId.get(topicId);
        return found == null ? ErrorCode.UNKNOWN_TOPIC_ID : found.whyMissing(index);
    }

    /** Whether this broker keeps the partition and cannot use its log, because it is damaged or its data folder has failed. */
    public boolean isOffline(UUID topicId, int index) {
        Topic found = byId.get(topicId);
        return found != null && found.isOffline(index);
    }

    private static ErrorCode whyMissing(@Nullable Topic topic, int index) {
        return topic == null ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : topic.whyMissing(index);
    }

    /** All topics, in no order. */
    public Collection<Topic> topics() {
        return List.copyOf(byId.values());
    }

    void put(Topic topic) {
        byId.put(topic.id(), topic);
        byName.put(topic.name(), topic);
    }

    @Nullable
    Topic remove(UUID id) {
        Topic removed = byId.remove(id);
        if (removed != null) {
            // A new topic may have taken the name already.
            byName.computeIfPresent(removed.name(), (name, now) -> now.id().equals(id) ? null : now);
        }
        return removed;
    }
}
