package io.millrace.perf.crash;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Everything that was sent and acknowledged since the start of a run. Used from any thread. */
final class Ledger {
    private final Map<Long, Lane> lanes = new ConcurrentSkipListMap<>();

    Lane lane(int writer, int partition) {
        return lanes.computeIfAbsent(key(writer, partition), key -> new Lane());
    }

    /** Whether this writer ever sent to the partition. */
    boolean has(int writer, int partition) {
        return lanes.containsKey(key(writer, partition));
    }

    /** Writers that sent to the partition. */
    Iterable<Integer> writers(int partition) {
        return lanes.keySet().stream()
                .filter(key -> key.intValue() == partition)
                .map(key -> (int) (key >>> 32))
                .toList();
    }

    long acknowledgedCount() {
        return lanes.values().stream().mapToLong(Lane::acknowledgedCount).sum();
    }

    private static long key(int writer, int partition) {
        return (long) writer << 32 | partition;
    }
}
