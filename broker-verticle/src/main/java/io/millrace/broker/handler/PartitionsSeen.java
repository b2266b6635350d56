package io.millrace.broker.handler;

import java.util.HashSet;
import java.util.Set;

/**
 * The partitions that a request has named so far. One that names a partition again gets an error for it: the same work
 * a million times over would fit into a request of a few megabytes. Used by one thread.
 */
final class PartitionsSeen {
    private final Set<Key> seen = new HashSet<>();

    private record Key(String topic, int index) {}

    /** Whether the partition was named before; takes note of it. */
    boolean isRepeated(String topic, int index) {
        return !seen.add(new Key(topic, index));
    }
}
