package io.millrace.perf.load;

/**
 * What {@link Connections} does. Its JSON is the argument of the process.
 *
 * @param port of the broker on 127.0.0.1
 * @param topic that is written
 * @param partitions of the topic; connections take turns with them
 * @param connections that are open all the time
 * @param recordBytes size of the one value in each request
 * @param requestsPerSecond of all connections together, sent when their time has come
 * @param warmUpSeconds whose requests are in no figure
 * @param seconds that are measured
 */
public record ConnectionsSpec(
        int port,
        String topic,
        int partitions,
        int connections,
        int recordBytes,
        int requestsPerSecond,
        double warmUpSeconds,
        double seconds) {}
