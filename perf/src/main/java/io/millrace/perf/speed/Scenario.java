package io.millrace.perf.speed;

import java.util.ArrayList;
import java.util.List;

/**
 * One load: what Kafka's {@code ProducerPerformance} is told.
 *
 * @param name short, for the table and the option that selects it
 * @param recordBytes size of each value
 * @param acks as producers say it: 1 or all
 * @param records in one round
 * @param single whether every request carries one record, else the producer batches as it does by default
 */
record Scenario(String name, int recordBytes, String acks, int records, boolean single) {
    static final int PARTITIONS = 6;

    /** Room for one batch of one record in a request, and not for two. */
    private static final int SINGLE_REQUEST_OVERHEAD_BYTES = 150;

    static final List<Scenario> ALL = List.of(
            new Scenario("100B-acks1", 100, "1", 4_000_000, false),
            new Scenario("100B-all", 100, "all", 4_000_000, false),
            new Scenario("1KB-acks1", 1000, "1", 800_000, false),
            new Scenario("1KB-all", 1000, "all", 800_000, false),
            new Scenario("single-acks1", 100, "1", 150_000, true),
            new Scenario("single-all", 100, "all", 150_000, true));

    Scenario scaled(double factor) {
        return new Scenario(name, recordBytes, acks, (int) Math.max(1000, records * factor), single);
    }

    /** Properties of the producer, as {@code key=value}. */
    List<String> producerProperties() {
        List<String> properties = new ArrayList<>(List.of("acks=" + acks, "enable.idempotence=" + acks.equals("all")));
        if (single) {
            properties.add("batch.size=1");
            properties.add("linger.ms=0");
            properties.add("max.request.size=" + (recordBytes + SINGLE_REQUEST_OVERHEAD_BYTES));
        }
        return properties;
    }
}
