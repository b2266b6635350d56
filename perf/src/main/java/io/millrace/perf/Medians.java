package io.millrace.perf;

import java.util.Arrays;
import java.util.Collection;

/** The middle of a few measurements: one disturbed round does not move it. */
public final class Medians {
    private Medians() {}

    /** NaN of nothing. */
    public static double of(Collection<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
    }
}
