package io.millrace.perf.speed;

import io.millrace.perf.Medians;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * All counted rounds of one scenario.
 *
 * @param a of the broker that is judged
 * @param b of the one that it is compared with
 */
record Comparison(Scenario scenario, List<Round> a, List<Round> b) {
    static final String HEADER = "%-14s %11s %11s %6s   %8s %8s %6s %13s   %8s %8s"
            .formatted(
                    "scenario", "a rec/s", "b rec/s", "a/b", "a cpu/M", "b cpu/M", "a/b", "(spread)", "a p99", "b p99");

    double throughputRatio() {
        return median(a, Round::recordsPerSecond) / median(b, Round::recordsPerSecond);
    }

    double cpuRatio() {
        return median(a, Round::cpuSecondsPerMillion) / median(b, Round::cpuSecondsPerMillion);
    }

    /** One line of the table, under {@link #HEADER}. */
    String line() {
        return "%-14s %,11.0f %,11.0f %6.2f   %8.2f %8.2f %6.2f %5.2f to %4.2f   %5.0f ms %5.0f ms"
                .formatted(
                        scenario.name(),
                        median(a, Round::recordsPerSecond),
                        median(b, Round::recordsPerSecond),
                        throughputRatio(),
                        median(a, Round::cpuSecondsPerMillion),
                        median(b, Round::cpuSecondsPerMillion),
                        cpuRatio(),
                        pairedCpuRatio(true),
                        pairedCpuRatio(false),
                        median(a, Round::latencyP99Ms),
                        median(b, Round::latencyP99Ms));
    }

    /** The lowest or highest CPU ratio of two neighbouring rounds: how far one pair can mislead. */
    private double pairedCpuRatio(boolean lowest) {
        double extreme = lowest ? Double.MAX_VALUE : 0;
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            double ratio = a.get(i).cpuSecondsPerMillion() / b.get(i).cpuSecondsPerMillion();
            extreme = lowest ? Math.min(extreme, ratio) : Math.max(extreme, ratio);
        }
        return extreme;
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> value) {
        return Medians.of(rounds.stream().map(value::applyAsDouble).toList());
    }
}
