package io.millrace.perf.load;

import io.millrace.perf.result.Latency;

/**
 * What {@link Connections} prints at its end, as JSON.
 *
 * @param sent requests over all, each with one record, warm-up included
 * @param acknowledgedPerSecond in the measured part
 * @param ack of the measured part: from the time at which a request should have been sent to its answer
 */
public record ConnectionsReport(long sent, double acknowledgedPerSecond, Latency ack) {}
