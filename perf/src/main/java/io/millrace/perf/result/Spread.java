package io.millrace.perf.result;

import java.util.Arrays;
import java.util.Collection;

/**
 * A figure over several rounds.
 *
 * @param median does not move with one disturbed round
 * @param low least
 * @param high greatest
 * @param rounds how many
 */
public record Spread(double median, double low, double high, int rounds) {

    /** @throws IllegalArgumentException of nothing */
    public static Spread of(Collection<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("no values");
        }
        return new Spread(median(sorted), sorted[0], sorted[sorted.length - 1], sorted.length);
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
    }
}
