package io.millrace.client.producer;

/**
 * How small batches of a partition have become, to tell when one that is still open is full: a codec says only at the end. It
 * believes bad news at once, and good news slowly, since a batch that becomes too large is worse than one that is not
 * quite full.
 */
final class CompressionRatio {
    private static final double BETTER_STEP = 0.005;
    private static final double WORSE_STEP = 0.05;
    private static final double MARGIN = 1.05;

    private final boolean compresses;
    private double ratio = 1;

    CompressionRatio(boolean compresses) {
        this.compresses = compresses;
    }

    void observe(int unpackedBytes, int packedBytes) {
        double seen = (double) packedBytes / unpackedBytes;
        ratio = seen > ratio ? Math.max(ratio + WORSE_STEP, seen) : Math.max(ratio - BETTER_STEP, seen);
    }

    /** What so many bytes are likely to become. */
    long estimate(long unpackedBytes) {
        return compresses ? (long) ((double) unpackedBytes * Math.min(1, ratio * MARGIN)) : unpackedBytes;
    }
}
