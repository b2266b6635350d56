package io.millrace.perf.suite;

/**
 * How long a load lasts whose rate is fixed.
 *
 * @param seconds that are measured
 */
record Span(double seconds) {
    private static final double SECONDS_MIN = 1;
    private static final double START_SECONDS = 5; // of the process that makes the load; for expectations only

    /** Before them; clients are compiled meanwhile. */
    double warmUpSeconds() {
        return Math.max(SECONDS_MIN, seconds / 4);
    }

    Span scaled(double factor) {
        return new Span(Math.max(SECONDS_MIN, seconds * factor));
    }

    /** From the start of the load to its end. */
    double expectedSeconds() {
        return START_SECONDS + warmUpSeconds() + seconds;
    }

    @Override
    public String toString() {
        return Double.toString(seconds);
    }
}
