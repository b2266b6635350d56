package io.millrace.broker.ring;

/** Spreads work over time: tells after each piece how long to wait before the next. One thread. */
final class ByteBudget {

    private static final double NS_PER_SECOND = 1e9;

    private final double nsPerByte;
    /** When the pieces so far are paid for. */
    private long paidNs;

    /** @param nowNs of {@link System#nanoTime}, as all times here */
    ByteBudget(double bytesPerSecond, long nowNs) {
        nsPerByte = NS_PER_SECOND / bytesPerSecond;
        paidNs = nowNs;
    }

    /** Nanoseconds to wait after a piece of so many bytes that has just been done. Time that passed unused is not saved up. */
    long waitNs(long bytes, long nowNs) {
        long owedNs = Math.max(0, paidNs - nowNs) + (long) (bytes * nsPerByte);
        paidNs = nowNs + owedNs;
        return owedNs;
    }
}
