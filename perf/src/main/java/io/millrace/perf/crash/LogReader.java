package io.millrace.perf.crash;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a whole topic with the Java consumer, without a group, and compares it with the ledger. */
final class LogReader {
    private static final Duration NO_PROGRESS_LIMIT = Duration.ofSeconds(30);

    private final String bootstrap;
    private final String topic;
    private final int partitions;

    LogReader(String bootstrap, String topic, int partitions) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.partitions = partitions;
    }

    /**
     * What a reading found.
     *
     * @param records how many are in the log
     * @param violations empty when all holds
     */
    record Outcome(long records, List<String> violations) {}

    Outcome compare(Ledger ledger) {
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(p -> new TopicPartition(topic, p))
                .toList();
        List<PartitionCheck> checks = IntStream.range(0, partitions)
                .mapToObj(p -> new PartitionCheck(ledger, p))
                .toList();
        List<String> violations = new ArrayList<>();
        Map<String, Object> config =
                Map.of("bootstrap.servers", bootstrap, "check.crcs", true, "max.poll.records", 20_000);
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            readToEnd(consumer, all, checks);
        } catch (KafkaException e) {
            violations.add("reading failed: " + e);
        }
        checks.forEach(check -> violations.addAll(check.finish()));
        return new Outcome(checks.stream().mapToLong(PartitionCheck::records).sum(), violations);
    }

    private static void readToEnd(
            KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> all, List<PartitionCheck> checks) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(all);
        long lastProgress = System.nanoTime();
        while (!ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
            var records = consumer.poll(Duration.ofMillis(500));
            for (ConsumerRecord<byte[], byte[]> record : records) {
                checks.get(record.partition()).onRecord(record.offset(), record.value());
            }
            if (!records.isEmpty()) {
                lastProgress = System.nanoTime();
            } else if (System.nanoTime() - lastProgress > NO_PROGRESS_LIMIT.toNanos()) {
                throw new KafkaException("no record for " + NO_PROGRESS_LIMIT + " before the ends " + ends);
            }
        }
    }
}
