package io.millrace.perf.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * One producer and one consumer, written against what every Java client since 2.1 has. It is run with other releases of
 * the client on the class path than it was compiled with.
 */
final class JavaClient {
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final int RECORDS = 1000;
    private static final long DEADLINE_NS = Duration.ofSeconds(30).toNanos();

    private final String bootstrap;
    private final String topic;
    private final List<TopicPartition> partitions;

    private JavaClient(String bootstrap, String topic) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.partitions = IntStream.range(0, CODECS.size())
                .mapToObj(p -> new TopicPartition(topic, p))
                .toList();
    }

    public static void main(String[] arguments) throws InterruptedException, ExecutionException {
        JavaClient client = new JavaClient(arguments[0], arguments[1]);
        client.create();
        for (int partition = 0; partition < CODECS.size(); partition++) {
            client.produce(partition, CODECS.get(partition));
        }
        client.consume();
        System.out.println("release " + AppInfoParser.getVersion() + ", " + RECORDS + " records with each of " + CODECS
                + ", idempotent, read back in order; offsets by time");
    }

    private void create() throws InterruptedException, ExecutionException {
        try (AdminClient admin = AdminClient.create(config())) {
            NewTopic created = new NewTopic(topic, CODECS.size(), (short) 1);
            admin.createTopics(List.of(created)).all().get();
            int count = admin.describeCluster().nodes().get().size();
            require(count == 1, count + " brokers");
        }
    }

    private void produce(int partition, String codec) {
        Map<String, Object> config = config();
        config.put("acks", "all");
        config.put("enable.idempotence", true);
        config.put("compression.type", codec);
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(topic, partition, 1_000_000L + i, "k" + i, codec + i));
            }
            producer.flush();
        }
    }

    private void consume() {
        Map<String, Object> config = config();
        config.put("enable.auto.commit", false); // before 2.2 a consumer without a group would commit all the same
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<Integer> next = new ArrayList<>(CODECS.stream().map(c -> 0).toList());
            long start = System.nanoTime();
            while (next.stream().anyMatch(n -> n < RECORDS)) {
                require(System.nanoTime() - start < DEADLINE_NS, "records read in time: " + next);
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    int expected = next.get(record.partition());
                    require(record.offset() == expected, record + " where offset " + expected + " was expected");
                    require(record.value().equals(CODECS.get(record.partition()) + expected), record + "");
                    require(("k" + expected).equals(record.key()), record + "");
                    next.set(record.partition(), expected + 1);
                }
            }
            offsets(consumer);
        }
    }

    private void offsets(KafkaConsumer<String, String> consumer) {
        TopicPartition first = partitions.get(0);
        Map<TopicPartition, Long> begin = consumer.beginningOffsets(List.of(first));
        require(begin.equals(Map.of(first, 0L)), "begin " + begin);
        Map<TopicPartition, Long> end = consumer.endOffsets(List.of(first));
        require(end.equals(Map.of(first, (long) RECORDS)), "end " + end);
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(Map.of(first, 1_000_500L));
        OffsetAndTimestamp byTime = found.get(first);
        require(byTime != null && byTime.offset() == 500, "offset by time " + found);
    }

    private Map<String, Object> config() {
        return new HashMap<>(Map.of("bootstrap.servers", bootstrap));
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }
}
