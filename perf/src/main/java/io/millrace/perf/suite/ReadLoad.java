package io.millrace.perf.suite;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads a full topic from front to end as fast as it goes.
 *
 * @param recordBytes size of each value
 * @param records of the topic
 * @param partitions of the topic
 * @param readers each of everything
 * @param cold whether the page cache forgets the topic before each round, so that it comes from the disk
 * @param byTool whether Kafka's own tool reads, as the only member of a group; else our generator
 */
record ReadLoad(int recordBytes, int records, int partitions, int readers, boolean cold, boolean byTool)
        implements Load {
    private static final int RECORDS_MIN = 10_000;
    private static final double START_SECONDS = 5;
    private static final double BYTES_PER_SECOND = 300e6; // for expectations only

    @Override
    public Load scaled(double factor) {
        return new ReadLoad(
                recordBytes, (int) Math.max(RECORDS_MIN, records * factor), partitions, readers, cold, byTool);
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>();
        all.put("generator", byTool ? "ConsumerPerformance" : "Traffic, readers only");
        all.put("record bytes", Integer.toString(recordBytes));
        all.put("records", Integer.toString(records));
        all.put("partitions", Integer.toString(partitions));
        all.put("readers", Integer.toString(readers));
        all.put("page cache", cold ? "emptied before each round" : "has the topic");
        return all;
    }

    @Override
    public boolean hasCeiling() {
        return false;
    }

    @Override
    public double expectedSeconds() {
        return START_SECONDS + (double) recordBytes * records * readers / BYTES_PER_SECOND;
    }

    @Override
    public Bench open(Rig rig) throws IOException {
        return new ReadBench(this, rig);
    }
}
