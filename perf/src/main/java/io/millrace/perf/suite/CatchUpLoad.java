package io.millrace.perf.suite;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a producer at a fixed rate feels of a reader that catches up from the disk: first alone, then beside it.
 *
 * @param recordBytes size of each value
 * @param recordsPerSecond of the producer
 * @param span how long each part takes
 * @param partitions of both topics
 * @param backlogRecords that the reader has to catch up with
 */
record CatchUpLoad(int recordBytes, int recordsPerSecond, Span span, int partitions, int backlogRecords)
        implements Load {
    private static final int RECORDS_MIN = 10_000;

    @Override
    public Load scaled(double factor) {
        int fewer = (int) Math.max(RECORDS_MIN, backlogRecords * factor);
        return new CatchUpLoad(recordBytes, recordsPerSecond, span.scaled(factor), partitions, fewer);
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>();
        all.put("generator", "Traffic, open loop");
        all.put("record bytes", Integer.toString(recordBytes));
        all.put("records per second", Integer.toString(recordsPerSecond));
        all.put("seconds", span.toString());
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
        return 2 * span.expectedSeconds();
    }

    @Override
    public Bench open(Rig rig) throws IOException {
        return new CatchUpBench(this, rig);
    }
}
