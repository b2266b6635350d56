package io.millrace.perf.result;

import java.util.List;

/**
 * How one system does beside another: the median of the ratios of neighbouring rounds, with an interval.
 *
 * <p>Rounds are compared in pairs, because what disturbs a machine for minutes meets both of a pair. The interval is that of
 * the sign test: it reaches from the k-th lowest to the k-th highest ratio of a pair, and holds the true median with
 * probability {@code 1 - 2 * P(Binomial(n, 1/2) < k)}, whatever the distribution. The greatest k that gives at least 95 % is
 * taken; with fewer than six pairs there is none, and the interval is the range with the confidence that it has (five pairs:
 * 93.75 %).
 *
 * @param of name of the system above the line
 * @param to name of the system below the line
 * @param median of the ratios
 * @param low end of the interval
 * @param high end of the interval
 * @param confidence that the true median is between the two, 0 to 1
 * @param pairs how many
 */
public record Ratio(String of, String to, double median, double low, double high, double confidence, int pairs) {
    private static final double CONFIDENCE_WANTED = 0.95;

    /** @param ratios of pairs, in any order; at least one */
    public static Ratio of(String of, String to, List<Double> ratios) {
        Spread spread = Spread.of(ratios);
        List<Double> sorted = ratios.stream().sorted().toList();
        int pairs = sorted.size();
        int k = 1;
        while (2 * (k + 1) <= pairs && confidence(pairs, k + 1) >= CONFIDENCE_WANTED) {
            k++;
        }
        return new Ratio(
                of, to, spread.median(), sorted.get(k - 1), sorted.get(pairs - k), confidence(pairs, k), pairs);
    }

    /** Of the interval between the k-th lowest and the k-th highest of n. */
    static double confidence(int n, int k) {
        double below = 0;
        double term = Math.pow(0.5, n); // P(Binomial(n, 1/2) = i), from i = 0 on
        for (int i = 0; i < k; i++) {
            below += term;
            term = term * (n - i) / (i + 1);
        }
        return Math.max(0, 1 - 2 * below);
    }
}
