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
 * @param span how long
 * @param readers each of everything
 * @param properties of the producers beyond their defaults
 */
record FlowLoad(
        int recordBytes,
        int partitions,
        int producers,
        boolean keyed,
        int recordsPerSecond,
        Span span,
        int readers,
        Map<String, String> properties)
        implements Load {

    @Override
    public Load scaled(double factor) {
        return new FlowLoad(
                recordBytes, partitions, producers, keyed, recordsPerSecond, span.scaled(factor), readers, properties);
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>(properties);
        all.put("generator", recordsPerSecond == 0 ? "Traffic, as fast as it goes" : "Traffic, open loop");
        all.put("record bytes", Integer.toString(recordBytes));
        all.put("seconds", span.toString());
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
        return span.expectedSeconds();
    }

    @Override
    public Bench open(Rig rig) throws IOException {
        return new FlowBench(this, rig);
    }
}
