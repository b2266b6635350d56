package io.millrace.broker.group.consumer;

import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The topics of a cluster that a test changes. */
final class TestTopics implements TopicView {

    private record Topic(UUID id, int partitions) {}

    private final Map<String, Topic> byName = new TreeMap<>();
    private long version = 1;
    private int created;

    /** Creates a topic, or one more of the same name in the place of another one. */
    UUID create(String name, int partitions) {
        UUID id = new UUID(77, ++created);
        byName.put(name, new Topic(id, partitions));
        version++;
        return id;
    }

    void grow(String name, int partitions) {
        byName.computeIfPresent(name, (key, topic) -> new Topic(topic.id(), partitions));
        version++;
    }

    void delete(String name) {
        byName.remove(name);
        version++;
    }

    Iterable<String> names() {
        return byName.keySet();
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public @Nullable UUID idOf(String topic) {
        Topic found = byName.get(topic);
        return found == null ? null : found.id();
    }

    @Override
    public @Nullable String nameOf(UUID topicId) {
        for (Map.Entry<String, Topic> each : byName.entrySet()) {
            if (each.getValue().id().equals(topicId)) {
                return each.getKey();
            }
        }
        return null;
    }

    @Override
    public int partitionsOf(UUID topicId) {
        String name = nameOf(topicId);
        Topic topic = name == null ? null : byName.get(name);
        return topic == null ? 0 : topic.partitions();
    }
}
