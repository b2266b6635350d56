package io.millrace.perf.load;

import java.util.Map;

/**
 * What {@link Traffic} does. Its JSON is the argument of the process.
 *
 * @param bootstrap address of the broker
 * @param topic that producers write and tail readers read; empty if there are neither
 * @param partitions of the topic
 * @param recordBytes size of each value, at least {@link Stamp#BYTES}
 * @param producers each with a client of its own; 0 for none
 * @param keyed whether records have keys, of a million different ones; else the client chooses partitions
 * @param recordsPerSecond of all producers together, sent when their time has come, whatever the broker does; 0 for as fast as
 *     the client takes them
 * @param warmUpSeconds at the start, whose records are in no figure
 * @param seconds that are measured
 * @param tailReaders each reads every record of the topic as it comes
 * @param backlogTopic that is full already; empty if nobody reads it
 * @param backlogPartitions of that topic
 * @param backlogReaders each reads that topic from front to end: once if there are no producers, else again and again
 *     until they are done
 * @param backlogRecords that the topic has
 * @param producerProperties beyond the defaults of the client
 */
public record TrafficSpec(
        String bootstrap,
        String topic,
        int partitions,
        int recordBytes,
        int producers,
        boolean keyed,
        double recordsPerSecond,
        double warmUpSeconds,
        double seconds,
        int tailReaders,
        String backlogTopic,
        int backlogPartitions,
        int backlogReaders,
        long backlogRecords,
        Map<String, String> producerProperties) {

    public TrafficSpec {
        if (recordBytes < Stamp.BYTES) {
            throw new IllegalArgumentException(
                    "records of " + recordBytes + " bytes have no room for the time: " + Stamp.BYTES + " at least");
        }
    }

    /** Producers, and if {@code readers} is not 0 readers of what they write. */
    public static TrafficSpec flow(
            String bootstrap,
            String topic,
            int partitions,
            int recordBytes,
            int producers,
            boolean keyed,
            double recordsPerSecond,
            double warmUpSeconds,
            double seconds,
            int readers,
            Map<String, String> producerProperties) {
        return new TrafficSpec(
                bootstrap,
                topic,
                partitions,
                recordBytes,
                producers,
                keyed,
                recordsPerSecond,
                warmUpSeconds,
                seconds,
                readers,
                "",
                0,
                0,
                0,
                producerProperties);
    }

    /** With readers of another topic, that is full. */
    public TrafficSpec beside(String fullTopic, int itsPartitions, long itsRecords, int readers) {
        return new TrafficSpec(
                bootstrap,
                topic,
                partitions,
                recordBytes,
                producers,
                keyed,
                recordsPerSecond,
                warmUpSeconds,
                seconds,
                tailReaders,
                fullTopic,
                itsPartitions,
                readers,
                itsRecords,
                producerProperties);
    }

    /** Only readers, of a topic that is full. */
    public static TrafficSpec readers(
            String bootstrap, String fullTopic, int itsPartitions, long itsRecords, int recordBytes, int readers) {
        return flow(bootstrap, "", 0, recordBytes, 0, false, 0, 0, 0, 0, Map.of())
                .beside(fullTopic, itsPartitions, itsRecords, readers);
    }
}
