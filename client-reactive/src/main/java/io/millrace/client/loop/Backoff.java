package io.millrace.client.loop;

import java.util.random.RandomGenerator;

/**
 * How long to wait after failures in a row: twice as long each time, give or take a fifth, so that clients which failed
 * together do not come back together (KIP-580). Immutable.
 *
 * @param initialMs after the first failure
 * @param maxMs at most, before the fifth is added
 */
public record Backoff(long initialMs, long maxMs) {

    private static final double JITTER = 0.2;
    private static final int DOUBLINGS_MAX = 30;

    public Backoff {
        if (initialMs < 0 || maxMs < initialMs) {
            throw new IllegalArgumentException(
                    "a backoff of " + initialMs + " ms to " + maxMs + " ms: 0 <= initial <= max is allowed");
        }
    }

    /**
     * @param failures in a row, at least 1
     * @return milliseconds
     */
    public long delayMs(int failures, RandomGenerator random) {
        int doublings = Math.min(Math.max(failures - 1, 0), DOUBLINGS_MAX);
        double delay = Math.min((double) maxMs, initialMs * (double) (1L << doublings));
        double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
        return Math.round(delay * factor);
    }
}
