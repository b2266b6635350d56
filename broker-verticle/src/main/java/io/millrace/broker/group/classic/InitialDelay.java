package io.millrace.broker.group.classic;

/**
 * How an empty group waits for its first members: members that are started together should not cause a rebalance each. So it
 * waits once more whenever somebody came while it waited, but no longer than a rebalance may take.
 *
 * @param delayMs how long it waits this time
 * @param leftMs how much longer it may wait after that
 * @param hasGrown whether somebody came meanwhile
 */
record InitialDelay(long delayMs, long leftMs, boolean hasGrown) {

    static InitialDelay first(int delayMs, int rebalanceTimeoutMs) {
        return new InitialDelay(delayMs, Math.max(0, rebalanceTimeoutMs - delayMs), false);
    }

    InitialDelay grown() {
        return new InitialDelay(delayMs, leftMs, true);
    }

    boolean isExtended() {
        return hasGrown && leftMs > 0;
    }

    InitialDelay next(int settingMs) {
        long nextMs = Math.min(settingMs, leftMs);
        return new InitialDelay(nextMs, Math.max(0, leftMs - nextMs), false);
    }
}
