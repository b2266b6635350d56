package io.millrace.perf.nullbroker;

import io.millrace.wire.Uuids;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The topics that were created. Used from any event loop. */
final class NullTopics {
    private final Map<String, NullTopic> byName = new ConcurrentHashMap<>();

    /** @param partitions at least 1 */
    record NullTopic(String name, UUID id, int partitions) {}

    /** The topic of that name; a new one if there was none. */
    NullTopic create(String name, int partitions) {
        return byName.computeIfAbsent(
                name, created -> new NullTopic(created, UUID.randomUUID(), Math.max(1, partitions)));
    }

    Optional<NullTopic> find(String name, UUID id) {
        return id.equals(Uuids.ZERO)
                ? Optional.ofNullable(byName.get(name))
                : byName.values().stream()
                        .filter(topic -> topic.id().equals(id))
                        .findFirst();
    }

    /** Forgets one, if there is one. */
    void delete(String name) {
        byName.remove(name);
    }

    List<NullTopic> all() {
        return List.copyOf(byName.values());
    }
}
