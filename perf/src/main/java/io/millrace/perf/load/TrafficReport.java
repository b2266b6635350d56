package io.millrace.perf.load;

import io.millrace.perf.result.Latency;
import java.util.Map;

/**
 * What {@link Traffic} prints, as JSON in its last line.
 *
 * @param sent records over all, warm-up included
 * @param received by tail readers over all
 * @param seconds measured part of the producers; 0 without them
 * @param sentPerSecond acknowledged in the measured part
 * @param receivedPerSecond by tail readers together in the measured part
 * @param backlogReceived by backlog readers over all
 * @param backlogPerSecond by backlog readers together, the first fifth of what each read not counted
 * @param latencies of records of the measured part: {@code ack} from the time at which a record should have been sent to its
 *     acknowledgement, {@code endToEnd} from then to its reception
 */
public record TrafficReport(
        long sent,
        long received,
        double seconds,
        double sentPerSecond,
        double receivedPerSecond,
        long backlogReceived,
        double backlogPerSecond,
        Map<String, Latency> latencies) {}
