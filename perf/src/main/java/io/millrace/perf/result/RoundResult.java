package io.millrace.perf.result;

import java.util.Map;

/**
 * One round of one system under one scenario.
 *
 * @param tour in a tour every system has one round, one right after the other; 1 and up are counted, 0 and below warm up
 * @param system its name
 * @param startedAt ISO 8601, UTC
 * @param seconds length of the measured part
 * @param otherLoad share of the machine's processor time that other processes took meanwhile, 0 to 1
 * @param steal share that the hypervisor kept back, 0 to 1
 * @param disturbed whether these two are more than {@link #DISTURBANCE_MAX} together, so that the tour is repeated
 * @param figures by what they are
 * @param latencies by what was timed: {@code ack} (send to acknowledgement), {@code endToEnd} (send to received)
 */
public record RoundResult(
        int tour,
        String system,
        String startedAt,
        double seconds,
        double otherLoad,
        double steal,
        boolean disturbed,
        Map<Figure, Double> figures,
        Map<String, Latency> latencies) {

    /** Beyond this share of the machine for others, a round is repeated. */
    public static final double DISTURBANCE_MAX = 0.15;

    public boolean warmUp() {
        return tour <= 0;
    }
}
