package io.millrace.broker.cost;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts. Any thread. */
final class Tally {

    private final Map<Measure, Long> counts = new ConcurrentHashMap<>();

    void count(Measure measure) {
        count(measure, 1);
    }

    void count(Measure measure, long times) {
        counts.merge(measure, times, Long::sum);
    }

    long of(Measure measure) {
        return counts.getOrDefault(measure, 0L);
    }
}
