package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.testing.BrokerTestBase;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Kafka's own clients, and what they find of a topic that the broker compacts meanwhile. */
class CompactedTopicTest extends BrokerTestBase {

    private static final TopicPartition STATE = new TopicPartition("state", 0);
    private static final int KEYS = 10;
    private static final int VALUE_BYTES = 8_000;
    private static final int ROUNDS = 60;
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(40);

    /** What was sent, by offset: one partition, one producer. */
    private final List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();

    @Override
    protected Map<String, String> settings() {
        return Map.of(
                "log.cleaner.backoff.ms", "10",
                "log.cleaner.min.cleanable.ratio", "0.01",
                "offsets.topic.num.partitions", "1",
                "offsets.topic.segment.bytes", "1048576");
    }

    @Test
    void aConsumerFindsTheNewestValueOfEachKey() throws Exception {
        createTopic(
                STATE.topic(),
                1,
                Map.of(
                        "cleanup.policy", "compact",
                        "segment.bytes", "1048576",
                        "delete.retention.ms", "0",
                        "file.delete.delay.ms", "0"));
        produceRounds(0);
        send(0, null);
        produceRounds(1);
        long bytes = log(STATE.topic()).sizeBytes();
        // A stop brings everything to the disk, which takes half a minute otherwise.
        restartBroker();
        awaitCompacted();
        assertThat(log(STATE.topic()).sizeBytes()).isLessThan(bytes / 3);
        check();
        produceRounds(1);
        restartBroker();
        awaitCompacted();

        check();
        assertThat(read().values()).noneMatch(record -> record.key()[0] == 0);
    }

    /** Up to the newest segment: what is read later must not go while it is looked at. */
    private void awaitCompacted() {
        PartitionLog log = log(STATE.topic());
        until(() -> log.compactor().cleanedOffset() >= newestSegment(log.directory()));
    }

    private static long newestSegment(Path directory) {
        String[] names = Objects.requireNonNull(directory.toFile().list((folder, name) -> name.endsWith(".log")));
        return Arrays.stream(names)
                .mapToLong(name -> Long.parseLong(name.substring(0, name.indexOf('.'))))
                .max()
                .orElseThrow();
    }

    private void check() {
        Map<Byte, byte[]> newest = new HashMap<>();
        sent.forEach(record -> newest.put(record.key()[0], record.value()));
        newest.values().removeIf(Objects::isNull);

        Map<Long, ConsumerRecord<byte[], byte[]>> found = read();

        assertThat(found).hasSizeLessThan(sent.size() / 2);
        found.forEach((offset, record) -> {
            assertThat(record.key()).isEqualTo(sent.get(offset.intValue()).key());
            assertThat(record.value()).isEqualTo(sent.get(offset.intValue()).value());
        });
        Map<Byte, byte[]> state = new HashMap<>();
        found.values().forEach(record -> state.put(record.key()[0], record.value()));
        state.values().removeIf(Objects::isNull);
        assertThat(state).hasSameSizeAs(newest);
        newest.forEach((key, value) -> assertThat(state.get(key)).isEqualTo(value));
    }

    private Map<Long, ConsumerRecord<byte[], byte[]>> read() {
        Map<Long, ConsumerRecord<byte[], byte[]>> found = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = broker().consumer(Map.of())) {
            consumer.assign(List.of(STATE));
            assertThat(consumer.beginningOffsets(List.of(STATE))).containsEntry(STATE, 0L);
            assertThat(consumer.endOffsets(List.of(STATE))).containsEntry(STATE, (long) sent.size());
            consumer.seekToBeginning(List.of(STATE));
            until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> found.put(record.offset(), record));
                return consumer.position(STATE) == sent.size();
            });
            ConsumerRecord<byte[], byte[]> middle =
                    found.values().stream().skip(found.size() / 2).findFirst().orElseThrow();
            OffsetAndTimestamp looked = Objects.requireNonNull(
                    consumer.offsetsForTimes(Map.of(STATE, middle.timestamp())).get(STATE));
            assertThat(looked.offset()).isLessThanOrEqualTo(middle.offset());
            assertThat(found).containsKey(looked.offset());
        }
        return found;
    }

    private void produceRounds(int firstKey) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            for (int key = firstKey; key < KEYS; key++) {
                byte[] value = ByteBuffer.allocate(VALUE_BYTES).putInt(round).array();
                sent.add(new ProducerRecord<>(STATE.topic(), 0, new byte[] {(byte) key}, value));
            }
        }
        sendAll(sent.subList(sent.size() - ROUNDS * (KEYS - firstKey), sent.size()));
    }

    private void send(int key, byte @Nullable [] value) throws Exception {
        sent.add(new ProducerRecord<>(STATE.topic(), 0, new byte[] {(byte) key}, value));
        sendAll(sent.subList(sent.size() - 1, sent.size()));
    }

    private void sendAll(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = broker().producer(Map.of())) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record);
            }
        }
        assertThat(log(STATE.topic()).visibleEndOffset()).isEqualTo(sent.size());
    }

    @Test
    void committedOffsetsTakeLittleRoomAndAreThereAfterARestart() throws Exception {
        int partitions = 100;
        createTopic("many", partitions, Map.of());
        Map<TopicPartition, OffsetAndMetadata> last = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = broker().consumer(Map.of("group.id", "readers"))) {
            for (int commit = 1; commit <= 200; commit++) {
                for (int partition = 0; partition < partitions; partition++) {
                    last.put(new TopicPartition("many", partition), new OffsetAndMetadata(commit, "x".repeat(100)));
                }
                consumer.commitSync(last);
            }
        }
        long bytes = log("__consumer_offsets").sizeBytes();
        assertThat(bytes).isGreaterThan(2 << 20);
        restartBroker();

        until(() -> log("__consumer_offsets").sizeBytes() < bytes / 2);

        assertThat(committed(last.keySet())).isEqualTo(last);
        restartBroker();
        assertThat(committed(last.keySet())).isEqualTo(last);
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
        try (KafkaConsumer<byte[], byte[]> consumer = broker().consumer(Map.of("group.id", "readers"))) {
            return consumer.committed(partitions);
        }
    }

    private void createTopic(String name, int partitions, Map<String, String> configs) throws Exception {
        try (Admin admin = broker().admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    private PartitionLog log(String topic) {
        return BrokerInsight.partition(broker().verticle(), topic, 0).log();
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE_NS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
