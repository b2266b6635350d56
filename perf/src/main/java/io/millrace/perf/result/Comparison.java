package io.millrace.perf.result;

import java.util.List;
import java.util.Map;

/**
 * One figure of a scenario over its counted rounds.
 *
 * @param figure key of a {@link Figure}, or {@code <latency>.p<percentile>} in milliseconds, such as {@code ack.p99}
 * @param unit empty for a bare number
 * @param moreIsBetter whether a greater number is the better one
 * @param systems by name
 * @param ratios of the pairs of systems that are compared: subject to peer, each of the two to the ceiling, twin to its twin
 */
public record Comparison(
        String figure, String unit, boolean moreIsBetter, Map<String, Spread> systems, List<Ratio> ratios) {}
