package io.millrace.broker.hostile;

import io.millrace.broker.testing.RawClient;
import io.millrace.wire.ApiKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What the Java clients say when they do all that this broker offers: the material to mutate. */
final class RecordedTraffic {
    private static final String TOPIC = "hostile-recorded";
    /** Frames of one API and version: the rest resembles them. */
    private static final int KEPT_OF_A_KIND = 12;
    /** How often a recorded frame is in the corpus for one with default content, of which there are many kinds. */
    private static final int RECORDED_TO_PLAIN = 8;

    private RecordedTraffic() {}

    /** Runs the clients against the address, which must be the proxy's. */
    static void play(String bootstrap) throws Exception {
        administer(bootstrap);
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            produce(bootstrap, codec);
        }
        consume(bootstrap, "read_uncommitted");
        consume(bootstrap, "read_committed");
    }

    /** The recorded requests, at most a few of each kind, and for each API and version one with default content. */
    static List<byte[]> corpus(List<byte[]> recorded) {
        Map<Integer, List<byte[]>> kinds = new LinkedHashMap<>();
        for (byte[] frame : recorded) {
            List<byte[]> kind =
                    kinds.computeIfAbsent(Frames.apiKey(frame) << 16 | Frames.version(frame), any -> new ArrayList<>());
            if (kind.size() < KEPT_OF_A_KIND) {
                kind.add(frame);
            }
        }
        List<byte[]> corpus = new ArrayList<>();
        kinds.values().forEach(corpus::addAll);
        List<byte[]> recordedKinds = List.copyOf(corpus);
        for (int copies = 0; copies < RECORDED_TO_PLAIN; copies++) {
            corpus.addAll(recordedKinds);
        }
        for (ApiKey key : ApiKey.values()) {
            for (short version = key.minVersion(); version <= key.maxVersion(); version++) {
                corpus.add(RawClient.frame(key.newRequest(), version, version));
            }
        }
        return corpus;
    }

    private static void administer(String bootstrap) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            get(() -> admin.createTopics(List.of(
                            new NewTopic(TOPIC, 2, (short) 1).configs(Map.of("retention.ms", "3600000")),
                            new NewTopic(TOPIC + "-deleted", 1, (short) 1)))
                    .all()
                    .get());
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
            AlterConfigOp alteration =
                    new AlterConfigOp(new ConfigEntry("segment.ms", "600000"), AlterConfigOp.OpType.SET);
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            get(() -> admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(3)))
                    .all()
                    .get());
            get(() -> admin.incrementalAlterConfigs(Map.of(topic, List.of(alteration)))
                    .all()
                    .get());
            get(() -> admin.describeConfigs(List.of(topic)).all().get());
            get(() -> admin.describeCluster().nodes().get());
            get(() -> admin.describeTopics(List.of(TOPIC)).allTopicNames().get());
            get(() -> admin.describeLogDirs(List.of(1)).allDescriptions().get());
            get(() -> admin.listConfigResources().all().get());
            get(() -> admin.describeProducers(List.of(partition)).all().get());
            get(() -> admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(0)))
                    .all()
                    .get());
            for (OffsetSpec spec : List.of(
                    OffsetSpec.earliest(),
                    OffsetSpec.latest(),
                    OffsetSpec.maxTimestamp(),
                    OffsetSpec.forTimestamp(1))) {
                get(() -> admin.listOffsets(Map.of(partition, spec)).all().get());
            }
            get(() -> admin.deleteTopics(List.of(TOPIC + "-deleted")).all().get());
        }
    }

    /** Waits for an answer; a refusal is as good a recording as a success. */
    private static void get(Callable<?> call) throws Exception {
        try {
            call.call();
        } catch (ExecutionException refused) {
            // The request was sent, which is all that is needed here.
        }
    }

    private static void produce(String bootstrap, String codec) throws Exception {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("compression.type", codec);
        settings.put("enable.idempotence", codec.equals("none") || codec.equals("zstd"));
        settings.put("acks", codec.equals("gzip") ? "1" : "all");
        settings.put("linger.ms", "5");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 60; i++) {
                ProducerRecord<byte[], byte[]> record =
                        new ProducerRecord<>(TOPIC, i % 2, new byte[] {(byte) i}, new byte[i * 20]);
                record.headers().add("trace", new byte[] {1, 2, 3});
                producer.send(record);
                if (i % 10 == 9) {
                    producer.flush();
                }
            }
        }
    }

    private static void consume(String bootstrap, String isolation) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("isolation.level", isolation);
        settings.put("fetch.max.wait.ms", 100);
        List<TopicPartition> partitions = List.of(new TopicPartition(TOPIC, 0), new TopicPartition(TOPIC, 1));
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            int seen = 0;
            while (seen < 300 && System.nanoTime() < deadline) {
                seen += consumer.poll(Duration.ofMillis(200)).count();
            }
            consumer.poll(Duration.ofMillis(200));
            consumer.offsetsForTimes(Map.of(partitions.get(0), 1L));
            consumer.endOffsets(partitions);
        }
    }

    static long kinds(Collection<byte[]> frames) {
        return frames.stream()
                .mapToInt(frame -> Frames.apiKey(frame) << 16 | Frames.version(frame))
                .distinct()
                .count();
    }
}
