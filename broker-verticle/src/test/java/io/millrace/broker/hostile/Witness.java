package io.millrace.broker.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
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
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A well-behaved client beside the hostile ones: every record that it produces is acknowledged at the next offset, and
 * comes back in order, once, with the same bytes. Its topic is its own.
 */
final class Witness implements AutoCloseable {
    private static final TopicPartition PARTITION = new TopicPartition("witness", 0);
    private static final long PATIENCE_S = 30;

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private long next;

    Witness(String bootstrap) throws Exception {
        Map<String, Object> address = Map.of("bootstrap.servers", bootstrap);
        try (Admin admin = Admin.create(address)) {
            admin.createTopics(List.of(new NewTopic(PARTITION.topic(), 1, (short) 1)))
                    .all()
                    .get(PATIENCE_S, TimeUnit.SECONDS);
        }
        producer = new KafkaProducer<>(address, new ByteArraySerializer(), new ByteArraySerializer());
        consumer = new KafkaConsumer<>(address, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(PARTITION));
        consumer.seekToBeginning(List.of(PARTITION));
    }

    /** Produces and reads back. Fails if that is not as it should be, or takes too long. */
    void testify(int count) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] value = ByteBuffer.allocate(100).putLong(next + i).array();
            sent.add(producer.send(new ProducerRecord<>(PARTITION.topic(), 0, null, value)));
        }
        for (int i = 0; i < count; i++) {
            assertThat(sent.get(i).get(PATIENCE_S, TimeUnit.SECONDS).offset()).isEqualTo(next + i);
        }
        long end = next + count;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        while (next < end) {
            assertThat(System.nanoTime()).as("records come back in time").isLessThan(deadline);
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                assertThat(record.offset()).isEqualTo(next);
                assertThat(ByteBuffer.wrap(record.value()).getLong()).isEqualTo(next);
                next++;
            }
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(PATIENCE_S));
        consumer.close();
    }
}
