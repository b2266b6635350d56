package io.millrace.perf.suite;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Many connections that share a fixed rate of requests, each with one record.
 *
 * @param connections that are open all the time
 * @param requestsPerSecond of all together, fixed beforehand
 * @param recordBytes size of each value
 * @param span how long
 */
record ConnectionsLoad(int connections, int requestsPerSecond, int recordBytes, Span span) implements Load {
    static final int PARTITIONS = 6;

    /** The number of connections is what it is about, and stays. */
    @Override
    public Load scaled(double factor) {
        return new ConnectionsLoad(connections, requestsPerSecond, recordBytes, span.scaled(factor));
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>();
        all.put("generator", "Connections, open loop");
        all.put("acks", "all");
        all.put("connections", Integer.toString(connections));
        all.put("requests per second", Integer.toString(requestsPerSecond));
        all.put("record bytes", Integer.toString(recordBytes));
        all.put("partitions", Integer.toString(PARTITIONS));
        all.put("seconds", span.toString());
        return all;
    }

    @Override
    public boolean hasCeiling() {
        return true;
    }

    @Override
    public double expectedSeconds() {
        return span.expectedSeconds();
    }

    @Override
    public Bench open(Rig rig) throws IOException {
        return new ConnectionsBench(this, rig);
    }
}
