package io.millrace.broker.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.StrictLogs;
import io.millrace.broker.testing.TestBroker;
import io.millrace.wire.ApiKey;
import io.millrace.wire.message.ApiVersionsRequest;
import io.millrace.wire.message.ApiVersionsResponse;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataResponse;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are not malicious, only too many, too large, too fast or too slow: what the README's "Limits" promises. */
@ExtendWith(StrictLogs.class)
class HeavyLoadTest {
    private static final int MIB = 1 << 20;
    /** Of the heap, for each idle connection: the README says "a few kilobytes" for the broker; the client's side is here too. */
    private static final long IDLE_BYTES_MAX = (8 + 4) * 1024;
    /** What Netty keeps for reuse. */
    private static final long POOLED_BYTES_MAX = 128 * MIB;

    @TempDir
    Path data;

    private final Vertx vertx = StrictLogs.vertx();

    @AfterEach
    void close() throws Exception {
        vertx.close().await(1, TimeUnit.MINUTES);
    }

    @Test
    void fiveThousandIdleConnectionsCostLittleAndHinderNobody() throws Exception {
        int count = 5_000;
        List<SocketChannel> idle = new ArrayList<>(count);
        try (TestBroker broker = TestBroker.start(vertx, data, Map.of());
                Witness witness = new Witness(broker.bootstrap())) {
            witness.testify(50);
            DirectMemory direct = new DirectMemory();
            long heapBefore = usedHeap();
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.port());
            for (int i = 0; i < count; i++) {
                idle.add(SocketChannel.open(address));
            }

            witness.testify(50);

            // A part of what is measured belongs to the clients' side of the sockets.
            assertThat(usedHeap() - heapBefore).isLessThan(count * IDLE_BYTES_MAX);
            assertThat(direct.sample()).isLessThan(64L * MIB);
            for (SocketChannel channel : idle) {
                assertThat(read(channel)).as("nothing to read, and not the end").isZero();
            }
        } finally {
            for (SocketChannel channel : idle) {
                channel.close();
            }
        }
    }

    @Test
    void connectionsAboveTheLimitAreClosedAtOnce() throws Exception {
        try (TestBroker broker = TestBroker.start(vertx, data, Map.of("max.connections", "3"))) {
            List<RawClient> admitted = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                RawClient client = new RawClient(broker.port());
                client.call(new ApiVersionsRequest(), 0, ApiVersionsResponse.class);
                admitted.add(client);
            }

            try (RawClient refused = new RawClient(broker.port())) {
                assertThat(refused.isClosedByBroker()).isTrue();
            }

            for (RawClient client : admitted) {
                client.call(new ApiVersionsRequest(), 0, ApiVersionsResponse.class);
                client.close();
            }
        }
    }

    @Test
    void anIdleConnectionIsClosedAfterItsTime() throws Exception {
        try (TestBroker broker = TestBroker.start(vertx, data, Map.of("connections.max.idle.ms", "300"));
                RawClient idle = new RawClient(broker.port())) {
            idle.call(new ApiVersionsRequest(), 0, ApiVersionsResponse.class);

            assertThat(idle.isClosedByBroker()).isTrue();
        }
    }

    @Test
    void aReaderThatStopsReadingHoldsABoundedAmountAndLosesNothing() throws Exception {
        int count = 120;
        short version = 9;
        MetadataRequest large = aboutTopicsThatNobodyHas(2_000);
        try (TestBroker broker = TestBroker.start(vertx, data, Map.of());
                Witness witness = new Witness(broker.bootstrap());
                RawClient lazy = new RawClient(broker.port(), 64 * 1024)) {
            DirectMemory direct = new DirectMemory();
            ExecutorService background = Executors.newSingleThreadExecutor();
            AtomicInteger sent = new AtomicInteger();
            Future<?> sender = background.submit(() -> {
                for (int i = 0; i < count; i++) {
                    lazy.send(large, version);
                    sent.incrementAndGet();
                }
                return null;
            });

            int before = -1;
            while (before != sent.get()) {
                before = sent.get();
                for (int i = 0; i < 5; i++) {
                    witness.testify(20);
                    direct.sample();
                }
            }
            assertThat(sent)
                    .as("requests that found their way while nobody read")
                    .hasValueLessThan(count);
            assertThat(direct.sample()).isLessThan(64L * MIB);

            for (int id = 1; id <= count; id++) {
                lazy.receive(MetadataResponse.class, ApiKey.METADATA, version, id);
            }
            sender.get(10, TimeUnit.SECONDS);
            background.shutdown();
        }
    }

    @Test
    void aRecordOfAHundredMegabytesPassesWhenTheLimitsAreRaised() throws Exception {
        byte[] large = new byte[100 * MIB];
        new Random(1).nextBytes(large);
        int requestMax = 110 * MIB;
        try (TestBroker broker = TestBroker.start(
                        vertx, data, Map.of("socket.request.max.bytes", Integer.toString(requestMax)));
                Witness witness = new Witness(broker.bootstrap())) {
            createTopic(broker, "large", 1, Map.of("max.message.bytes", Integer.toString(requestMax)));
            DirectMemory direct = new DirectMemory();
            try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of(
                    "max.request.size",
                    Integer.toString(requestMax),
                    "buffer.memory",
                    Long.toString(2L * requestMax),
                    // A slow disk may take long for so much.
                    "request.timeout.ms",
                    "60000",
                    "delivery.timeout.ms",
                    "120000"))) {
                Future<?> sent = producer.send(new ProducerRecord<>("large", 0, null, large));
                while (!sent.isDone()) {
                    witness.testify(5);
                    direct.sample();
                }
                sent.get();
            }

            assertThat(consumeOne(broker, "large", requestMax)).isEqualTo(large);
            assertThat(direct.sample()).isLessThan(requestMax + POOLED_BYTES_MAX);
        }
    }

    @Test
    void aThousandLargeRequestsThatNeverEndDelayNoOrdinaryClient() throws Exception {
        int announced = 100_000_000;
        List<SocketChannel> endless = new ArrayList<>();
        try (TestBroker broker = TestBroker.start(vertx, data, Map.of());
                Witness witness = new Witness(broker.bootstrap())) {
            witness.testify(50);
            DirectMemory direct = new DirectMemory();
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.port());
            for (int i = 0; i < 1_000; i++) {
                SocketChannel socket = SocketChannel.open(address);
                endless.add(socket);
                socket.write(ByteBuffer.allocate(8).putInt(announced).rewind());
            }
            long start = System.nanoTime();

            witness.testify(500);

            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
            assertThat(direct.sample()).isLessThan(announced + POOLED_BYTES_MAX);
        } finally {
            for (SocketChannel each : endless) {
                each.close();
            }
        }
    }

    @Test
    void producersFasterThanTheDiskAreSlowedDownAndMemoryStaysBounded() throws Exception {
        int queuedMax = 8 * MIB;
        int producers = 8;
        int recordsEach = 400;
        try (TestBroker broker =
                        TestBroker.start(vertx, data, Map.of("queued.max.request.bytes", Integer.toString(queuedMax)));
                Witness witness = new Witness(broker.bootstrap())) {
            createTopic(broker, "fast", producers, Map.of("retention.bytes", Integer.toString(64 * MIB)));
            DirectMemory direct = new DirectMemory();
            ExecutorService threads = Executors.newFixedThreadPool(producers);
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < producers; i++) {
                int partition = i;
                running.add(threads.submit(() -> flood(broker, partition, recordsEach)));
            }
            while (running.stream().anyMatch(each -> !each.isDone())) {
                witness.testify(5);
                direct.sample();
            }
            threads.shutdown();
            for (Future<Integer> each : running) {
                assertThat(each.get()).isEqualTo(recordsEach);
            }
            assertThat(direct.sample()).isLessThan(queuedMax + POOLED_BYTES_MAX);
        }
    }

    /** Half a megabyte to ask and as much to answer, so that a hundred of them fill every buffer between two processes. */
    private static MetadataRequest aboutTopicsThatNobodyHas(int count) {
        MetadataRequest request = new MetadataRequest().allowAutoTopicCreation(false);
        List<MetadataRequest.MetadataRequestTopic> topics = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            topics.add(new MetadataRequest.MetadataRequestTopic().name("x".repeat(240) + i));
        }
        return request.topics(topics);
    }

    /** Returns how many records were acknowledged. */
    private static int flood(TestBroker broker, int partition, int count) throws Exception {
        byte[] value = new byte[100_000];
        int acknowledged = 0;
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of("batch.size", "500000"))) {
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sent.add(producer.send(new ProducerRecord<>("fast", partition, null, value)));
            }
            for (Future<?> each : sent) {
                each.get(60, TimeUnit.SECONDS);
                acknowledged++;
            }
        }
        return acknowledged;
    }

    private static byte[] consumeOne(TestBroker broker, String topic, int bytesMax) {
        String limit = Integer.toString(bytesMax);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer =
                broker.consumer(Map.of("fetch.max.bytes", limit, "max.partition.fetch.bytes", limit))) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    return record.value();
                }
            }
            throw new AssertionError("nothing to consume");
        }
    }

    private static void createTopic(TestBroker broker, String name, int partitions, Map<String, String> configs)
            throws Exception {
        try (Admin admin = broker.admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs)))
                    .all()
                    .get(60, TimeUnit.SECONDS);
        }
    }

    /** -1 if the broker has closed the connection. */
    private static int read(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        return channel.read(ByteBuffer.allocate(1));
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
