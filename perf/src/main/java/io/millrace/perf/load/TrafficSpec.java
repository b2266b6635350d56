package io.millrace.perf.load;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Traffic} does. Its JSON is the argument of the process.
 *
 * @param bootstrap address of the broker
 * @param recordBytes size of each value, at least {@link Stamp#BYTES}
 * @param flow that producers write; null if nobody writes
 * @param backlog that is read meanwhile; null if nobody reads one
 */
public record TrafficSpec(
        String bootstrap,
        int recordBytes,
        @Nullable Flow flow,
        @Nullable Backlog backlog) {

    public TrafficSpec {
        if (recordBytes < Stamp.BYTES) {
            throw new IllegalArgumentException(
                    "records of " + recordBytes + " bytes have no room for the time: " + Stamp.BYTES + " at least");
        }
    }

    /** How many producers and readers there are. */
    @JsonIgnore
    public int clients() {
        int writing = flow == null ? 0 : flow.producers() + flow.readers();
        return writing + (backlog == null ? 0 : backlog.readers());
    }

    /**
     * Records from producers, and to readers at the tail.
     *
     * @param topic that is written
     * @param partitions of the topic
     * @param producers each with a client of its own
     * @param keyed whether records have keys, of a million different ones; else the client chooses partitions
     * @param recordsPerSecond of all producers together, sent when their time has come, whatever the broker does; 0 for as fast
     *     as the client takes them
     * @param warmUpSeconds at the start, whose records are in no figure
     * @param seconds that are measured
     * @param readers each reads every record as it comes
     * @param producerProperties beyond the defaults of the client
     */
    public record Flow(
            String topic,
            int partitions,
            int producers,
            boolean keyed,
            double recordsPerSecond,
            double warmUpSeconds,
            double seconds,
            int readers,
            Map<String, String> producerProperties) {}

    /**
     * A topic that is full already. Each reader reads it from front to end: once if there is no flow, else again and again
     * until the flow ends.
     *
     * @param topic that is read
     * @param partitions of the topic
     * @param records that it has
     * @param readers each of everything
     */
    public record Backlog(String topic, int partitions, long records, int readers) {}
}
