package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.testing.StrictLogs;
import io.millrace.broker.testing.TestBroker;
import io.vertx.core.Vertx;
import io.vertx.junit5.ProvidedBy;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith({StrictLogs.class, VertxExtension.class})
class BrokerVerticleTest {

    @SuppressWarnings("NullAway.Init")
    private Vertx vertx;

    @TempDir
    Path data;

    @BeforeEach
    void hold(@ProvidedBy(StrictLogs.StrictVertx.class) Vertx provided) {
        vertx = provided;
    }

    @Test
    void whatARealProducerSendsARealConsumerReads() throws Exception {
        try (TestBroker broker = TestBroker.start(vertx, data)) {
            createTopic(broker, "letters", 2);
            List<RecordMetadata> sent = produce(broker, "letters", 0, 500, Map.of());

            assertThat(sent.get(499).offset()).isEqualTo(499);
            assertThat(consume(broker, "letters", 0, 500))
                    .hasSize(500)
                    .allSatisfy(record -> assertThat(new String(record.value(), StandardCharsets.UTF_8))
                            .isEqualTo("value-" + record.offset()));
        }
    }

    @Test
    void aRestartedBrokerHasEverythingAgain() throws Exception {
        try (TestBroker broker = TestBroker.start(vertx, data)) {
            createTopic(broker, "letters", 1);
            produce(broker, "letters", 0, 100, Map.of());
        }

        try (TestBroker broker = TestBroker.start(vertx, data)) {
            produce(broker, "letters", 0, 100, Map.of());

            assertThat(consume(broker, "letters", 0, 200)).hasSize(200);
        }
    }

    @Test
    void severalBrokersRunInOneVertx() throws Exception {
        try (TestBroker one = TestBroker.start(vertx, data.resolve("one"));
                TestBroker two = TestBroker.start(vertx, data.resolve("two"))) {
            createTopic(one, "letters", 1);
            createTopic(two, "letters", 1);
            produce(one, "letters", 0, 10, Map.of());
            produce(two, "letters", 0, 20, Map.of());

            assertThat(consume(one, "letters", 0, 10)).hasSize(10);
            assertThat(consume(two, "letters", 0, 20)).hasSize(20);
        }
    }

    static void createTopic(TestBroker broker, String name, int partitions) throws Exception {
        try (Admin admin = broker.admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    static List<RecordMetadata> produce(
            TestBroker broker, String topic, int partition, int count, Map<String, String> settings) throws Exception {
        List<Future<RecordMetadata>> pending = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(settings)) {
            for (int i = 0; i < count; i++) {
                byte[] value = ("value-" + i).getBytes(StandardCharsets.UTF_8);
                pending.add(producer.send(new ProducerRecord<>(topic, partition, null, value)));
            }
        }
        List<RecordMetadata> sent = new ArrayList<>();
        for (Future<RecordMetadata> each : pending) {
            sent.add(each.get(20, TimeUnit.SECONDS));
        }
        return sent;
    }

    static List<ConsumerRecord<byte[], byte[]>> consume(TestBroker broker, String topic, int partition, int count) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        TopicPartition assigned = new TopicPartition(topic, partition);
        try (KafkaConsumer<byte[], byte[]> consumer = broker.consumer(Map.of())) {
            consumer.assign(List.of(assigned));
            consumer.seekToBeginning(List.of(assigned));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (records.size() < count && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(500)).forEach(records::add);
            }
        }
        return records;
    }
}
