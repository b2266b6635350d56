package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.testing.BrokerTestBase;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own consumers in groups, and Kafka's tools for them, against a broker over sockets. */
class GroupClientTest extends BrokerTestBase {

    private static final String TOPIC = "letters";
    private static final String GROUP = "readers";
    private static final int PARTITIONS = 4;
    private static final int RECORDS_EACH = 25;
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(30);

    private final List<KafkaConsumer<byte[], byte[]>> consumers = new ArrayList<>();

    @Override
    protected Map<String, String> settings() {
        return Map.of(
                "group.initial.rebalance.delay.ms", "0",
                "group.min.session.timeout.ms", "1000",
                "offsets.topic.num.partitions", "5");
    }

    @BeforeEach
    void fill() throws Exception {
        createTopic();
        try (KafkaProducer<byte[], byte[]> producer = broker().producer(Map.of())) {
            for (int i = 0; i < PARTITIONS * RECORDS_EACH; i++) {
                producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, new byte[] {(byte) i}));
            }
        }
    }

    private void createTopic() throws Exception {
        try (Admin admin = broker().admin()) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }

    @AfterEach
    void closeConsumers() {
        consumers.forEach(KafkaConsumer::close);
    }

    @Test
    void aConsumerGoesOnWhereTheLastOneCommittedAfterARestartOfTheBroker() throws Exception {
        KafkaConsumer<byte[], byte[]> first = consumer(Map.of("max.poll.records", "10"));
        first.subscribe(List.of(TOPIC));
        Map<TopicPartition, Long> positions = new HashMap<>();
        until(() -> {
            for (ConsumerRecord<byte[], byte[]> each : first.poll(Duration.ofMillis(100))) {
                positions.put(new TopicPartition(each.topic(), each.partition()), each.offset() + 1);
            }
            return positions.values().stream().mapToLong(Long::longValue).sum() >= 30;
        });
        first.commitSync();
        close(first);
        restartBroker();

        KafkaConsumer<byte[], byte[]> second = consumer(Map.of());
        second.subscribe(List.of(TOPIC));
        Map<TopicPartition, Long> begun = new HashMap<>();
        Set<String> read = new HashSet<>();
        long left = PARTITIONS * RECORDS_EACH
                - positions.values().stream().mapToLong(Long::longValue).sum();
        until(() -> {
            for (ConsumerRecord<byte[], byte[]> each : second.poll(Duration.ofMillis(100))) {
                begun.putIfAbsent(new TopicPartition(each.topic(), each.partition()), each.offset());
                read.add(each.partition() + "@" + each.offset());
            }
            return read.size() >= left;
        });

        assertThat(read).hasSize((int) left);
        begun.forEach((partition, offset) -> assertThat(offset).isEqualTo(positions.getOrDefault(partition, 0L)));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                RangeAssignor.class,
                RoundRobinAssignor.class,
                StickyAssignor.class,
                CooperativeStickyAssignor.class
            })
    void membersShareThePartitionsAndTakeOverFromThoseWhoLeave(Class<? extends ConsumerPartitionAssignor> assignor)
            throws Exception {
        Map<String, String> settings = Map.of("partition.assignment.strategy", assignor.getName());
        KafkaConsumer<byte[], byte[]> a = consumer(settings);
        KafkaConsumer<byte[], byte[]> b = consumer(settings);
        a.subscribe(List.of(TOPIC));
        b.subscribe(List.of(TOPIC));
        Set<String> read = new HashSet<>();

        until(() -> {
            read(a, read);
            read(b, read);
            return a.assignment().size() == 2 && b.assignment().size() == 2 && read.size() == PARTITIONS * RECORDS_EACH;
        });
        assertThat(a.assignment()).doesNotContainAnyElementsOf(b.assignment());
        a.commitSync();
        close(a);
        until(() -> {
            b.poll(Duration.ofMillis(100));
            return b.assignment().size() == PARTITIONS;
        });
        b.commitSync();
    }

    @Test
    void aStaticMemberComesBackWithoutARebalance() throws Exception {
        KafkaConsumer<byte[], byte[]> a = consumer(Map.of());
        KafkaConsumer<byte[], byte[]> b = consumer(Map.of("group.instance.id", "desk"));
        a.subscribe(List.of(TOPIC));
        b.subscribe(List.of(TOPIC));
        until(() -> {
            a.poll(Duration.ofMillis(100));
            b.poll(Duration.ofMillis(100));
            return a.assignment().size() == 2 && b.assignment().size() == 2;
        });
        int generation = a.groupMetadata().generationId();
        Set<TopicPartition> mine = Set.copyOf(b.assignment());
        close(b);

        KafkaConsumer<byte[], byte[]> again = consumer(Map.of("group.instance.id", "desk"));
        again.subscribe(List.of(TOPIC));
        until(() -> {
            a.poll(Duration.ofMillis(100));
            again.poll(Duration.ofMillis(100));
            return !again.assignment().isEmpty();
        });

        assertThat(again.assignment()).isEqualTo(mine);
        assertThat(again.groupMetadata().generationId()).isEqualTo(generation);
        assertThat(a.groupMetadata().generationId()).isEqualTo(generation);
    }

    @Test
    void membersSurviveARestartOfTheBroker() throws Exception {
        KafkaConsumer<byte[], byte[]> a = consumer(Map.of("group.instance.id", "desk"));
        a.subscribe(List.of(TOPIC));
        until(() -> {
            a.poll(Duration.ofMillis(100));
            return a.assignment().size() == PARTITIONS;
        });
        String member = a.groupMetadata().memberId();
        restartBroker();

        try (Admin admin = broker().admin()) {
            ConsumerGroupDescription group = describe(admin);
            assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(group.members()).singleElement().satisfies(each -> {
                assertThat(each.consumerId()).isEqualTo(member);
                assertThat(each.groupInstanceId()).contains("desk");
                assertThat(each.host()).isEqualTo("/127.0.0.1");
                assertThat(each.assignment().topicPartitions()).hasSize(PARTITIONS);
            });
        }
    }

    @Test
    void toolsSeeChangeAndDeleteGroups() throws Exception {
        TopicPartition first = new TopicPartition(TOPIC, 0);
        try (Admin admin = broker().admin()) {
            admin.alterConsumerGroupOffsets(GROUP, Map.of(first, new OffsetAndMetadata(7)))
                    .all()
                    .get();
            assertThat(committed(admin)).containsEntry(first, 7L);
            KafkaConsumer<byte[], byte[]> a = consumer(Map.of());
            a.subscribe(List.of(TOPIC));
            until(() -> {
                a.poll(Duration.ofMillis(100));
                return a.assignment().size() == PARTITIONS;
            });
            assertThat(listed(admin, GroupState.STABLE)).containsExactly(GROUP);
            assertThat(listed(admin, GroupState.EMPTY)).isEmpty();
            assertThat(describe(admin).partitionAssignor()).isEqualTo("range");
            assertFails(
                    GroupNotEmptyException.class,
                    () -> admin.deleteConsumerGroups(List.of(GROUP)).all().get());
            assertFails(
                    GroupSubscribedToTopicException.class,
                    () -> admin.deleteConsumerGroupOffsets(GROUP, Set.of(first))
                            .all()
                            .get());
            admin.removeMembersFromConsumerGroup(GROUP, new RemoveMembersFromConsumerGroupOptions())
                    .all()
                    .get();
            close(a);

            admin.deleteConsumerGroupOffsets(GROUP, Set.of(first)).all().get();
            assertThat(committed(admin)).doesNotContainKey(first);
            admin.deleteConsumerGroups(List.of(GROUP)).all().get();
            assertThat(listed(admin)).isEmpty();
            assertFails(GroupIdNotFoundException.class, () -> describe(admin));
        }
    }

    @Test
    void anAdministratorSendsAStaticMemberAway() throws Exception {
        KafkaConsumer<byte[], byte[]> a = consumer(Map.of("group.instance.id", "desk"));
        a.subscribe(List.of(TOPIC));
        until(() -> {
            a.poll(Duration.ofMillis(100));
            return !a.assignment().isEmpty();
        });
        try (Admin admin = broker().admin()) {
            admin.removeMembersFromConsumerGroup(
                            GROUP, new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("desk"))))
                    .all()
                    .get();

            assertThat(describe(admin).groupState()).isEqualTo(GroupState.EMPTY);
        }
    }

    @Test
    void aTopicThatIsCreatedAgainInheritsNoOffsets() throws Exception {
        TopicPartition first = new TopicPartition(TOPIC, 0);
        try (Admin admin = broker().admin()) {
            admin.alterConsumerGroupOffsets(GROUP, Map.of(first, new OffsetAndMetadata(7)))
                    .all()
                    .get();
            admin.deleteTopics(List.of(TOPIC)).all().get();
            createTopic();

            assertThat(committed(admin)).isEmpty();
        }
        restartBroker();
        try (Admin admin = broker().admin()) {
            assertThat(committed(admin)).isEmpty();
        }
    }

    @Test
    void kafkasCodeReadsWhatIsKept() throws Exception {
        KafkaConsumer<byte[], byte[]> a = consumer(Map.of());
        a.subscribe(List.of(TOPIC));
        until(() -> {
            a.poll(Duration.ofMillis(100));
            return a.assignment().size() == PARTITIONS;
        });
        a.assignment().forEach(a::position); // a partition whose position is not known yet is not committed
        a.commitSync();
        KafkaConsumer<byte[], byte[]> inspector = consumer(Map.of());
        inspector.assign(IntStream.range(0, 5)
                .mapToObj(i -> new TopicPartition("__consumer_offsets", i))
                .toList());
        inspector.seekToBeginning(inspector.assignment());

        List<Object> values = new ArrayList<>();
        until(() -> {
            for (ConsumerRecord<byte[], byte[]> each : inspector.poll(Duration.ofMillis(100))) {
                CoordinatorRecord record = new GroupCoordinatorRecordSerde()
                        .deserialize(ByteBuffer.wrap(each.key()), ByteBuffer.wrap(each.value()));
                values.add(record.value().message());
            }
            return values.size() >= 1 + PARTITIONS;
        });

        assertThat(values).filteredOn(GroupMetadataValue.class::isInstance).hasSize(1);
        assertThat(values).filteredOn(OffsetCommitValue.class::isInstance).hasSize(PARTITIONS);
    }

    // ---- helpers

    private interface Call {
        void run() throws Exception;
    }

    private static void assertFails(Class<? extends Throwable> reason, Call call) {
        assertThatThrownBy(call::run).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(reason);
    }

    private KafkaConsumer<byte[], byte[]> consumer(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("group.protocol", "classic");
        all.put("group.id", GROUP);
        all.put("enable.auto.commit", "false");
        all.put("heartbeat.interval.ms", "100");
        all.put("retry.backoff.ms", "20");
        KafkaConsumer<byte[], byte[]> consumer = broker().consumer(all);
        consumers.add(consumer);
        return consumer;
    }

    private void close(KafkaConsumer<byte[], byte[]> consumer) {
        consumers.remove(consumer);
        consumer.close();
    }

    private static void read(KafkaConsumer<byte[], byte[]> consumer, Collection<String> into) {
        consumer.poll(Duration.ofMillis(100)).forEach(each -> into.add(each.partition() + "@" + each.offset()));
    }

    private static ConsumerGroupDescription describe(Admin admin) throws Exception {
        return Objects.requireNonNull(
                admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP));
    }

    private static Map<TopicPartition, Long> committed(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get().entrySet().stream()
                .filter(each -> each.getValue() != null)
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().offset()));
    }

    private static List<String> listed(Admin admin, GroupState... states) throws Exception {
        ListGroupsOptions options = states.length == 0
                ? new ListGroupsOptions()
                : new ListGroupsOptions().inGroupStates(new HashSet<>(Arrays.asList(states)));
        return admin.listGroups(options).all().get().stream()
                .map(each -> each.groupId())
                .toList();
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE_NS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end)
                    .as("the condition did not come about in time")
                    .isNegative();
        }
    }
}
