package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.testing.BrokerTestBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A topic with records, and consumers of one group that are closed after each test. */
abstract class GroupClientTestBase extends BrokerTestBase {

    static final String TOPIC = "letters";
    static final String GROUP = "readers";
    static final int PARTITIONS = 4;
    static final int RECORDS_EACH = 25;
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(20);
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(30);

    private final List<KafkaConsumer<byte[], byte[]>> consumers = new ArrayList<>();

    /** What a consumer has where a test does not say otherwise. */
    abstract Map<String, String> consumerSettings();

    @BeforeEach
    void fill() throws Exception {
        create(TOPIC, PARTITIONS);
        try (KafkaProducer<byte[], byte[]> producer = broker().producer(Map.of())) {
            for (int i = 0; i < PARTITIONS * RECORDS_EACH; i++) {
                producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, new byte[] {(byte) i}));
            }
        }
    }

    final void create(String topic, int partitions) throws Exception {
        try (Admin admin = broker().admin()) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    @AfterEach
    void closeConsumers() {
        consumers.forEach(KafkaConsumer::close);
    }

    /** One of the group that has subscribed to nothing yet. */
    final KafkaConsumer<byte[], byte[]> consumer(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(consumerSettings());
        settings.putAll(more);
        settings.put("group.id", GROUP);
        settings.put("enable.auto.commit", "false");
        KafkaConsumer<byte[], byte[]> consumer = broker().consumer(settings);
        consumers.add(consumer);
        return consumer;
    }

    /** One of the group that has subscribed to the topic. */
    final KafkaConsumer<byte[], byte[]> member(Map<String, String> more) {
        KafkaConsumer<byte[], byte[]> member = consumer(more);
        member.subscribe(List.of(TOPIC));
        return member;
    }

    final void close(KafkaConsumer<byte[], byte[]> consumer) {
        consumers.remove(consumer);
        consumer.close();
    }

    static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE_NS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline)
                    .as("the condition did not come about in time")
                    .isNegative();
        }
    }

    static Iterable<ConsumerRecord<byte[], byte[]>> poll(KafkaConsumer<byte[], byte[]> consumer) {
        return consumer.poll(POLL);
    }

    private static void read(KafkaConsumer<byte[], byte[]> consumer, Set<String> into) {
        for (ConsumerRecord<byte[], byte[]> each : poll(consumer)) {
            into.add(each.partition() + "@" + each.offset() + Arrays.toString(each.value()));
        }
    }

    static void untilItHas(int partitions, KafkaConsumer<byte[], byte[]> member) {
        until(() -> {
            poll(member);
            return member.assignment().size() == partitions;
        });
    }

    static void untilTheyShare(KafkaConsumer<byte[], byte[]> a, KafkaConsumer<byte[], byte[]> b) {
        until(() -> {
            poll(a);
            poll(b);
            return isShared(a, b);
        });
    }

    private static boolean isShared(KafkaConsumer<byte[], byte[]> a, KafkaConsumer<byte[], byte[]> b) {
        return a.assignment().size() == PARTITIONS / 2 && b.assignment().size() == PARTITIONS / 2;
    }

    static void untilItHasReadAll(KafkaConsumer<byte[], byte[]> member) {
        Set<String> read = new HashSet<>();
        until(() -> {
            read(member, read);
            return read.size() == PARTITIONS * RECORDS_EACH;
        });
    }

    /** Two share all partitions and have read everything; the first leaves, and the second has all. Returns the second. */
    final KafkaConsumer<byte[], byte[]> shareAndTakeOver(Map<String, String> settings) {
        KafkaConsumer<byte[], byte[]> a = member(settings);
        KafkaConsumer<byte[], byte[]> b = member(settings);
        Set<String> read = new HashSet<>();
        until(() -> {
            read(a, read);
            read(b, read);
            return isShared(a, b) && read.size() == PARTITIONS * RECORDS_EACH;
        });
        assertThat(a.assignment()).doesNotContainAnyElementsOf(b.assignment());
        a.commitSync();
        b.commitSync();
        close(a);
        untilItHas(PARTITIONS, b);
        return b;
    }

    /** A static member leaves and comes back beside another one, to the partitions that it had. Returns the new consumer. */
    final KafkaConsumer<byte[], byte[]> comeBack(
            KafkaConsumer<byte[], byte[]> beside, KafkaConsumer<byte[], byte[]> desk) {
        Set<TopicPartition> before = Set.copyOf(desk.assignment());
        String instanceId = desk.groupMetadata().groupInstanceId().orElseThrow();
        close(desk);
        KafkaConsumer<byte[], byte[]> again = member(Map.of("group.instance.id", instanceId));
        until(() -> {
            poll(beside);
            poll(again);
            return !again.assignment().isEmpty();
        });
        assertThat(again.assignment()).isEqualTo(before);
        return again;
    }

    final ConsumerGroupDescription describe() throws Exception {
        try (Admin admin = broker().admin()) {
            return Objects.requireNonNull(
                    admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP));
        }
    }

    static void assertRefused(Class<? extends Throwable> reason, Future<?> outcome) {
        assertThat(outcome)
                .failsWithin(REFUSED_WITHIN)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(reason);
    }
}
