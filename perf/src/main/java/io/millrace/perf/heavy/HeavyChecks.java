package io.millrace.perf.heavy;

import io.millrace.perf.check.CheckFailed;
import io.millrace.perf.target.RunningBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The bad treatments. After each, and while it lasts, an ordinary producer is served and memory is within the bound. */
final class HeavyChecks {
    private static final int ANSWER_SECONDS = 30;
    private static final int HUGE_BYTES = 100_000_000;

    private final RunningBroker broker;
    private final int residentMbMax;

    HeavyChecks(RunningBroker broker, int residentMbMax) {
        this.broker = broker;
        this.residentMbMax = residentMbMax;
    }

    String idleConnections(int count) throws Exception {
        return withConnections(count, connection -> {
            connection.askVersions();
            connection.readResponse();
        });
    }

    String slowSenders() throws Exception {
        return withConnections(1000, connection -> connection.sendPartOfFrame(100_000_000));
    }

    String stoppedReaders() throws Exception {
        createTopic("stopped", 1);
        produce("stopped", 300, 500_000);
        return withConnections(100, connection -> {
            for (int i = 0; i < 20; i++) {
                connection.askRecords("stopped", 50_000_000);
            }
        });
    }

    String hugeRecord() throws Exception {
        createTopic("huge", 1);
        byte[] value = new byte[HUGE_BYTES];
        Arrays.fill(value, (byte) 7);
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                broker.bootstrap(),
                "max.request.size",
                110_000_000,
                "buffer.memory",
                220_000_000L,
                "delivery.timeout.ms",
                120_000);
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 3; i++) {
                producer.send(new ProducerRecord<>("huge", 0, null, value)).get(60, TimeUnit.SECONDS);
            }
        }
        int read = 0;
        Map<String, Object> reading = Map.of(
                "bootstrap.servers", broker.bootstrap(), "max.partition.fetch.bytes", 1 << 20, "max.poll.records", 1);
        TopicPartition partition = new TopicPartition("huge", 0);
        try (var consumer = new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            for (int poll = 0; poll < 60 && read < 3; poll++) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    if (!Arrays.equals(value, record.value())) {
                        throw new CheckFailed("record " + record.offset() + " came back changed");
                    }
                    read++;
                }
            }
        }
        if (read != 3) {
            throw new CheckFailed(read + " of 3 records came back");
        }
        return "3 in, 3 out; " + served();
    }

    String fastProducers() throws Exception {
        createTopic("fast", 6);
        AtomicLong sent = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        for (int i = 0; i < 4; i++) {
            Thread thread = new Thread(() -> sendUntil(until, sent), "fast-" + i);
            threads.add(thread);
            thread.start();
        }
        TimeUnit.SECONDS.sleep(5);
        String during = served();
        for (Thread thread : threads) {
            thread.join();
        }
        return sent.get() / 1_000_000 + " MB with acks=0 in 10 s; " + during;
    }

    private void sendUntil(long untilNanos, AtomicLong sent) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                broker.bootstrap(),
                "acks",
                "0",
                "enable.idempotence",
                false,
                "batch.size",
                256_000,
                "max.in.flight.requests.per.connection",
                100);
        byte[] value = new byte[10_000];
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            while (System.nanoTime() < untilNanos) {
                producer.send(new ProducerRecord<>("fast", value));
                sent.addAndGet(value.length);
            }
        }
    }

    String manyPartitions(int count) throws Exception {
        long start = System.nanoTime();
        int each = 100;
        try (Admin admin = admin()) {
            for (int i = 0; i < count / each; i++) {
                admin.createTopics(List.of(new NewTopic("many-" + i, each, (short) 1)))
                        .all()
                        .get();
            }
        }
        double createdSeconds = (System.nanoTime() - start) / 1e9;
        try (var producer = producer()) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>("many-" + i / each, i % each, null, new byte[100]));
            }
            producer.flush();
        }
        double allSeconds = (System.nanoTime() - start) / 1e9;
        return "created in %.1f s, a record in each by %.1f s; %s".formatted(createdSeconds, allSeconds, served());
    }

    private interface Treatment {
        void apply(RawConnection connection) throws IOException;
    }

    /** Opens connections that stay open while an ordinary client is served. */
    private String withConnections(int count, Treatment treatment) throws Exception {
        List<RawConnection> open = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                RawConnection connection = new RawConnection(broker.setup().port());
                open.add(connection);
                treatment.apply(connection);
            }
            TimeUnit.SECONDS.sleep(3);
            return count + " connections; " + served();
        } finally {
            for (RawConnection connection : open) {
                connection.close();
            }
        }
    }

    /** An ordinary client produces, and memory is within the bound. @return what was seen */
    private String served() throws InterruptedException, ExecutionException, IOException {
        long start = System.nanoTime();
        try (var producer = producer()) {
            producer.send(new ProducerRecord<>("ordinary", new byte[100])).get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new CheckFailed("no ordinary client is served in " + ANSWER_SECONDS + " s");
        }
        double ms = (System.nanoTime() - start) / 1e6;
        double residentMb = broker.stat().residentBytes() / 1e6;
        String log = broker.logTail();
        if (log.contains("OutOfMemory")) {
            throw new CheckFailed("out of memory:\n" + log);
        }
        String seen = "an ordinary client answered in %.0f ms, resident %.0f MB".formatted(ms, residentMb);
        if (residentMb > residentMbMax) {
            throw new CheckFailed(seen + ", more than " + residentMbMax);
        }
        return seen;
    }

    private void produce(String topic, int records, int bytes) {
        try (var producer = producer()) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(topic, 0, null, new byte[bytes]));
            }
            producer.flush();
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "acks", "all", "max.block.ms", ANSWER_SECONDS * 1000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private void createTopic(String name, int partitions) throws InterruptedException, ExecutionException {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrap(), "default.api.timeout.ms", 180_000));
    }
}
