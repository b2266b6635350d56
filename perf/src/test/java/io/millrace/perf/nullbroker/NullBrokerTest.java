package io.millrace.perf.nullbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.perf.process.Ports;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kafka's own clients must be content with it. */
class NullBrokerTest {
    private final Vertx vertx = Vertx.vertx();
    private Map<String, Object> client = Map.of();

    @BeforeEach
    void start() throws Exception {
        int port = Ports.free();
        NullBroker.start(vertx, port).toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        client = Map.of(
                "bootstrap.servers", "127.0.0.1:" + port, "default.api.timeout.ms", 8000, "request.timeout.ms", 4000);
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void acknowledgesWhateverProducersSend() throws Exception {
        create("t", 3);
        for (String acks : List.of("0", "1", "all")) {
            Map<String, Object> config = new HashMap<>(client);
            config.remove("default.api.timeout.ms");
            config.put("acks", acks);
            config.put("enable.idempotence", acks.equals("all"));
            try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (int i = 0; i < 300; i++) {
                    // Far more than one read of the socket brings
                    sent.add(producer.send(new ProducerRecord<>("t", i % 3, null, "x".repeat(10_000))));
                }
                for (Future<RecordMetadata> each : sent) {
                    assertThat(each.get(30, TimeUnit.SECONDS).topic()).isEqualTo("t");
                }
            }
        }
    }

    @Test
    void knowsTheTopicsThatWereCreated() throws Exception {
        create("t", 3);
        try (Admin admin = Admin.create(client)) {
            var found = admin.describeTopics(List.of("t")).allTopicNames().get();
            assertThat(found).containsOnlyKeys("t");
            assertThat(found.values())
                    .allSatisfy(topic -> assertThat(topic.partitions())
                            .hasSize(3)
                            .allMatch(partition -> partition.leader().id() == 1));
            admin.deleteTopics(List.of("t")).all().get();
            assertThat(admin.listTopics().names().get()).isEmpty();
        }
    }

    @Test
    void closesTheConnectionOfWhoAsksForMore() {
        try (Admin admin = Admin.create(client)) {
            assertThatThrownBy(() -> admin.listOffsets(Map.of(new TopicPartition("t", 0), OffsetSpec.latest()))
                            .all()
                            .get())
                    .isInstanceOf(ExecutionException.class);
        }
    }

    private void create(String topic, int partitions) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(client)) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        }
    }
}
