package io.millrace.perf.suite;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Our own producers for a fixed time, and readers at the tail.
 *
 * @param recordBytes size of each value
 * @param partitions of the topic
 * @param producers that share the rate
 * @param keyed whether records have keys
 * @param recordsPerSecond fixed beforehand, whatever the broker does; 0 for as fast as it goes
 * @param seconds that are measured
 * @param readers each of everything
 * @param properties of the producers beyond their defaults
 */
record FlowLoad(
        int recordBytes,
        int partitions,
        int producers,
        boolean keyed,
        int recordsPerSecond,
        double seconds,
        int readers,
        Map<String, String> properties)
        implements Load {
    private static final double SECONDS_MIN = 1;
    private static final double START_SECONDS = 5;

    /** Clients are compiled meanwhile. */
    double warmUpSeconds() {
        return Math.max(SECONDS_MIN, seconds / 4);
    }

    @Override
    public Load scaled(double factor) {
        double scaled = Math.max(SECONDS_MIN, seconds * factor);
        return new FlowLoad(recordBytes, partitions, producers, keyed, recordsPerSecond, scaled, readers, properties);
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>(properties);
        all.put("generator", recordsPerSecond == 0 ? "Traffic, as fast as it goes" : "Traffic, open loop");
        all.put("record bytes", Integer.toString(recordBytes));
        all.put("seconds", Double.toString(seconds));
        all.put("partitions", Integer.toString(partitions));
        all.put("producers", Integer.toString(producers));
        all.put("keyed", Boolean.toString(keyed));
        all.put("readers", Integer.toString(readers));
        if (recordsPerSecond > 0) {
            all.put("records per second", Integer.toString(recordsPerSecond));
        }
        return all;
    }

    /** With readers there is none: the null broker has nothing to read. */
    @Override
    public boolean hasCeiling() {
        return readers == 0;
    }

    @Override
    public double expectedSeconds() {
        return START_SECONDS + warmUpSeconds() + seconds;
    }

    @Override
    public Bench open(Rig rig) throws IOException {
        return new FlowBench(this, rig);
    }
}
