package io.millrace.perf.suite;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * From the start of the process to its first acknowledged record, with the JVM options of each broker's own launcher.
 *
 * @param partitions that have data; 0 for an empty folder
 * @param killed whether the broker was killed before, and must recover; else it was stopped
 */
record StartLoad(int partitions, boolean killed) implements Load {
    static final int PARTITIONS_PER_TOPIC = 100;
    private static final double SECONDS = 5; // for expectations only
    private static final double SECONDS_PER_PARTITION = 0.002;

    @Override
    public Load scaled(double factor) {
        int whole = (int) Math.ceil(partitions * factor / PARTITIONS_PER_TOPIC);
        return new StartLoad(whole * PARTITIONS_PER_TOPIC, killed);
    }

    int topics() {
        return partitions / PARTITIONS_PER_TOPIC;
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>();
        all.put("generator", "one producer that waits for the broker");
        all.put("partitions", Integer.toString(partitions));
        all.put("before", partitions == 0 ? "empty folder" : killed ? "kill -9" : "clean stop");
        all.put("JVM options", "of each broker's launcher");
        return all;
    }

    @Override
    public boolean hasCeiling() {
        return false;
    }

    @Override
    public double expectedSeconds() {
        return SECONDS + SECONDS_PER_PARTITION * partitions;
    }

    @Override
    public Bench open(Rig rig) throws IOException {
        return new StartBench(this, rig.asLaunched());
    }
}
