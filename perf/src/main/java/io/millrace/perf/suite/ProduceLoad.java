package io.millrace.perf.suite;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * As fast as Kafka's own {@code ProducerPerformance} goes.
 *
 * @param recordBytes size of each value
 * @param records of one round, over all producers, warm-up of the client not included
 * @param partitions of the topic
 * @param producers that share the records
 * @param recordsBefore that are in the broker before the first round, in a topic of their own
 * @param properties of the producers beyond their defaults
 */
record ProduceLoad(
        int recordBytes, int records, int partitions, int producers, int recordsBefore, Map<String, String> properties)
        implements Load {
    private static final int RECORDS_MIN = 2000;

    /** For expectations only: what a small machine does with 1 KB records. */
    private static final double BYTES_PER_SECOND = 100e6;

    private static final double RECORDS_PER_SECOND = 400e3;
    private static final double START_SECONDS = 3;

    /** Records before the counted ones of a round, in which the client is compiled. */
    int warmUpRecords() {
        return records / 4;
    }

    @Override
    public Load scaled(double factor) {
        int scaled = (int) Math.max(RECORDS_MIN * (long) producers, Math.round(records * factor));
        int before = (int) (recordsBefore * factor);
        return new ProduceLoad(recordBytes, scaled, partitions, producers, before, properties);
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>(properties);
        all.put("generator", "ProducerPerformance");
        all.put("record bytes", Integer.toString(recordBytes));
        all.put("records", Integer.toString(records));
        all.put("partitions", Integer.toString(partitions));
        all.put("producers", Integer.toString(producers));
        if (recordsBefore > 0) {
            all.put("records before", Integer.toString(recordsBefore));
        }
        return all;
    }

    @Override
    public boolean hasCeiling() {
        return true;
    }

    @Override
    public double expectedSeconds() {
        return START_SECONDS
                + 1.25 * Math.max(records / RECORDS_PER_SECOND, records * (double) recordBytes / BYTES_PER_SECOND);
    }

    @Override
    public Bench open(Rig rig) throws IOException {
        return new ProduceBench(this, rig);
    }
}
