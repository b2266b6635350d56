package io.millrace.perf.suite;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a producer at a fixed rate feels of a reader that catches up from the disk: first alone, then beside it.
 *
 * @param recordBytes size of each value
 * @param recordsPerSecond of the producer
 * @param seconds that are measured, of each part
 * @param partitions of both topics
 * @param backlogRecords that the reader has to catch up with
 */
record CatchUpLoad(int recordBytes, int recordsPerSecond, double seconds, int partitions, int backlogRecords)
        implements Load {
    private static final double SECONDS_MIN = 1;
    private static final int RECORDS_MIN = 10_000;
    private static final double START_SECONDS = 5;

    double warmUpSeconds() {
        return Math.max(SECONDS_MIN, seconds / 4);
    }

    @Override
    public Load scaled(double factor) {
        return new CatchUpLoad(recordBytes, recordsPerSecond, Math.max(SECONDS_MIN, seconds * factor), partitions, (int)
                Math.max(RECORDS_MIN, backlogRecords * factor));
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>();
        all.put("generator", "Traffic, open loop");
        all.put("record bytes", Integer.toString(recordBytes));
        all.put("records per second", Integer.toString(recordsPerSecond));
        all.put("seconds", Double.toString(seconds));
        all.put("partitions", Integer.toString(partitions));
        all.put("backlog records", Integer.toString(backlogRecords));
        return all;
    }

    @Override
    public boolean hasCeiling() {
        return false;
    }

    @Override
    public double expectedSeconds() {
        return 2 * (START_SECONDS + warmUpSeconds() + seconds);
    }

    @Override
    public Bench open(Rig rig) throws IOException {
        return new CatchUpBench(this, rig);
    }
}
