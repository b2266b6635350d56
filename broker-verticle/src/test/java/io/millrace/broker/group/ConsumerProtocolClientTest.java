package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.testing.BrokerTestBase;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.OffsetCommitRequest;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.millrace.wire.message.OffsetCommitResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own consumers with {@code group.protocol=consumer}, against a broker over sockets. */
class ConsumerProtocolClientTest extends BrokerTestBase {

    private static final String TOPIC = "letters";
    private static final String GROUP = "readers";
    private static final int PARTITIONS = 4;
    private static final int RECORDS_EACH = 25;
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(60);

    private final List<KafkaConsumer<byte[], byte[]>> consumers = new ArrayList<>();

    /** Where the broker is to listen, 0 for any free port. */
    private int port;

    @Override
    protected Map<String, String> settings() {
        return Map.of(
                "listeners", "PLAINTEXT://127.0.0.1:" + port,
                "group.consumer.heartbeat.interval.ms", "200",
                "group.consumer.session.timeout.ms", "3000",
                "offsets.topic.num.partitions", "5");
    }

    @BeforeEach
    void fill() throws Exception {
        create(TOPIC, PARTITIONS);
        try (KafkaProducer<byte[], byte[]> producer = broker().producer(Map.of())) {
            for (int i = 0; i < PARTITIONS * RECORDS_EACH; i++) {
                producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, new byte[] {(byte) i}));
            }
        }
    }

    private void create(String topic, int partitions) throws Exception {
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

    private KafkaConsumer<byte[], byte[]> consumer(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.putIfAbsent("group.protocol", "consumer");
        settings.put("group.id", GROUP);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        KafkaConsumer<byte[], byte[]> consumer = broker().consumer(settings);
        consumers.add(consumer);
        return consumer;
    }

    private void close(KafkaConsumer<byte[], byte[]> consumer) {
        consumers.remove(consumer);
        consumer.close();
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE_NS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the deadline").isLessThan(deadline);
        }
    }

    private static void read(KafkaConsumer<byte[], byte[]> consumer, Set<String> into) {
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(50))) {
            into.add(each.partition() + "@" + each.offset() + Arrays.toString(each.value()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"uniform", "range"})
    void membersShareThePartitionsAndTakeOverFromThoseWhoLeave(String assignor) throws Exception {
        KafkaConsumer<byte[], byte[]> a = consumer(Map.of("group.remote.assignor", assignor));
        KafkaConsumer<byte[], byte[]> b = consumer(Map.of("group.remote.assignor", assignor));
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
        b.commitSync();
        close(a);
        until(() -> {
            b.poll(Duration.ofMillis(50));
            return b.assignment().size() == PARTITIONS;
        });
        ConsumerGroupDescription group = describe();
        assertThat(group.type()).isEqualTo(GroupType.CONSUMER);
        assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
        assertThat(group.partitionAssignor()).isEqualTo(assignor);
        assertThat(group.members())
                .singleElement()
                .satisfies(
                        each -> assertThat(each.assignment().topicPartitions()).hasSize(PARTITIONS));
    }

    @Test
    void whatWasCommittedIsThereAfterARestart() throws Exception {
        KafkaConsumer<byte[], byte[]> a = consumer(Map.of());
        a.subscribe(List.of(TOPIC));
        Set<String> read = new HashSet<>();
        until(() -> {
            read(a, read);
            return read.size() == PARTITIONS * RECORDS_EACH;
        });
        a.commitSync();
        close(a);
        restartBroker();

        KafkaConsumer<byte[], byte[]> b = consumer(Map.of());
        b.subscribe(List.of(TOPIC));
        until(() -> {
            b.poll(Duration.ofMillis(50));
            return b.assignment().size() == PARTITIONS;
        });

        for (TopicPartition each : b.assignment()) {
            assertThat(b.position(each)).isEqualTo(RECORDS_EACH);
        }
    }

    @Test
    void anExpressionFindsTopicsThatComeLater() throws Exception {
        KafkaConsumer<byte[], byte[]> a = consumer(Map.of());
        a.subscribe(new SubscriptionPattern("let.*|par.*"));
        until(() -> {
            a.poll(Duration.ofMillis(50));
            return a.assignment().size() == PARTITIONS;
        });

        create("parcels", 2);

        until(() -> {
            a.poll(Duration.ofMillis(50));
            return a.assignment().size() == PARTITIONS + 2;
        });
    }

    @Test
    void aStaticMemberFindsItsPlaceAgain() {
        KafkaConsumer<byte[], byte[]> a = consumer(Map.of());
        KafkaConsumer<byte[], byte[]> b = consumer(Map.of("group.instance.id", "desk"));
        a.subscribe(List.of(TOPIC));
        b.subscribe(List.of(TOPIC));
        until(() -> {
            a.poll(Duration.ofMillis(50));
            b.poll(Duration.ofMillis(50));
            return a.assignment().size() == 2 && b.assignment().size() == 2;
        });
        Set<TopicPartition> mine = Set.copyOf(b.assignment());
        close(b);

        KafkaConsumer<byte[], byte[]> again = consumer(Map.of("group.instance.id", "desk"));
        again.subscribe(List.of(TOPIC));
        until(() -> {
            a.poll(Duration.ofMillis(50));
            again.poll(Duration.ofMillis(50));
            return !again.assignment().isEmpty();
        });

        assertThat(again.assignment()).isEqualTo(mine);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.kafka.clients.consumer.RangeAssignor",
                "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"
            })
    void aGroupMovesToTheOtherProtocolAndBackMemberByMember(String assignor) throws Exception {
        Map<String, String> classic = Map.of(
                "group.protocol", "classic", "partition.assignment.strategy", assignor, "heartbeat.interval.ms", "200");
        List<KafkaConsumer<byte[], byte[]>> members = new ArrayList<>();
        members.add(consumer(classic));
        members.add(consumer(classic));
        untilAllIsShared(members);
        assertThat(describe().type()).isEqualTo(GroupType.CLASSIC);

        members.add(consumer(Map.of()));
        untilAllIsShared(members);
        assertThat(describe().type()).isEqualTo(GroupType.CONSUMER);
        assertThat(describe().members()).extracting(MemberDescription::upgraded).containsOnlyOnce(Optional.of(true));
        close(members.remove(0));
        untilAllIsShared(members);
        close(members.remove(0));
        untilAllIsShared(members);
        assertThat(describe().type()).isEqualTo(GroupType.CONSUMER);

        members.add(consumer(classic));
        untilAllIsShared(members);
        close(members.remove(0));
        untilAllIsShared(members);
        assertThat(describe().type()).isEqualTo(GroupType.CLASSIC);
    }

    /** Everybody has something, and every partition is somebody's. */
    private static void untilAllIsShared(List<KafkaConsumer<byte[], byte[]>> members) {
        members.stream().filter(each -> each.subscription().isEmpty()).forEach(each -> each.subscribe(List.of(TOPIC)));
        until(() -> {
            int count = 0;
            Set<TopicPartition> all = new HashSet<>();
            for (KafkaConsumer<byte[], byte[]> each : members) {
                each.poll(Duration.ofMillis(20));
                count += each.assignment().size();
                all.addAll(each.assignment());
            }
            return count == PARTITIONS
                    && all.size() == PARTITIONS
                    && members.stream().noneMatch(each -> each.assignment().isEmpty());
        });
    }

    @Test
    void anEmptyGroupOfTheOtherProtocolKeepsItsOffsets() throws Exception {
        KafkaConsumer<byte[], byte[]> classic = consumer(Map.of("group.protocol", "classic"));
        classic.subscribe(List.of(TOPIC));
        Set<String> read = new HashSet<>();
        until(() -> {
            read(classic, read);
            return read.size() == PARTITIONS * RECORDS_EACH;
        });
        classic.commitSync();
        close(classic);

        KafkaConsumer<byte[], byte[]> a = consumer(Map.of());
        a.subscribe(List.of(TOPIC));
        until(() -> {
            a.poll(Duration.ofMillis(50));
            return a.assignment().size() == PARTITIONS;
        });

        for (TopicPartition each : a.assignment()) {
            assertThat(a.position(each)).isEqualTo(RECORDS_EACH);
        }
        restartBroker();
        assertThat(describe().type()).isEqualTo(GroupType.CONSUMER);
    }

    /** Two members that have two partitions each. */
    private List<KafkaConsumer<byte[], byte[]>> pair() {
        KafkaConsumer<byte[], byte[]> a = consumer(Map.of());
        KafkaConsumer<byte[], byte[]> b = consumer(Map.of());
        a.subscribe(List.of(TOPIC));
        b.subscribe(List.of(TOPIC));
        until(() -> {
            a.poll(Duration.ofMillis(50));
            b.poll(Duration.ofMillis(50));
            return a.assignment().size() == 2 && b.assignment().size() == 2;
        });
        return List.of(a, b);
    }

    @Test
    void membersGoOnWhenTheBrokerIsBackWithThePartitionsThatTheyHad() throws Exception {
        // The members find the broker again where it was.
        port = broker().port();
        restartBroker();
        List<KafkaConsumer<byte[], byte[]>> members = pair();
        List<Set<TopicPartition>> had = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (KafkaConsumer<byte[], byte[]> each : members) {
            had.add(Set.copyOf(each.assignment()));
            ids.add(each.groupMetadata().memberId());
        }

        restartBroker();

        try (KafkaProducer<byte[], byte[]> producer = broker().producer(Map.of())) {
            for (int i = 0; i < PARTITIONS; i++) {
                producer.send(new ProducerRecord<>(TOPIC, i, null, new byte[] {1}));
            }
        }
        Set<Integer> reached = new HashSet<>();
        until(() -> {
            for (KafkaConsumer<byte[], byte[]> each : members) {
                for (ConsumerRecord<byte[], byte[]> record : each.poll(Duration.ofMillis(50))) {
                    if (record.offset() == RECORDS_EACH) {
                        reached.add(record.partition());
                    }
                }
            }
            return reached.size() == PARTITIONS;
        });
        for (int i = 0; i < members.size(); i++) {
            members.get(i).commitSync();
            assertThat(members.get(i).assignment()).isEqualTo(had.get(i));
            assertThat(members.get(i).groupMetadata().memberId()).isEqualTo(ids.get(i));
        }
        assertThat(describe().members())
                .extracting(MemberDescription::consumerId)
                .containsExactlyInAnyOrderElementsOf(ids);
    }

    private ConsumerGroupDescription describe() throws Exception {
        try (Admin admin = broker().admin()) {
            return Objects.requireNonNull(
                    admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP));
        }
    }

    @Test
    void aMemberMayCommitInAnEarlierEpochWhatItHasHadSinceThen() throws Exception {
        KafkaConsumer<byte[], byte[]> a = consumer(Map.of());
        a.subscribe(List.of(TOPIC));
        until(() -> {
            a.poll(Duration.ofMillis(50));
            return a.assignment().size() == PARTITIONS;
        });
        int before = a.groupMetadata().generationId();
        KafkaConsumer<byte[], byte[]> b = consumer(Map.of());
        b.subscribe(List.of(TOPIC));
        until(() -> {
            a.poll(Duration.ofMillis(50));
            b.poll(Duration.ofMillis(50));
            return a.assignment().size() == 2 && b.assignment().size() == 2;
        });
        String member = a.groupMetadata().memberId();
        int kept = a.assignment().iterator().next().partition();
        int given = b.assignment().iterator().next().partition();
        int epoch = a.groupMetadata().generationId();
        assertThat(epoch).isGreaterThan(before);

        assertThat(commit(member, epoch, given))
                .as("in its epoch it is believed")
                .isEqualTo(ErrorCode.NONE);
        assertThat(commit(member, before, kept)).isEqualTo(ErrorCode.NONE);
        assertThat(commit(member, before, given)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(commit(member, epoch + 1, kept)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(commit("stranger", epoch, kept)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(commit("", -1, kept))
                .as("while there are members, others may not")
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    private ErrorCode commit(String member, int epoch, int partition) throws Exception {
        OffsetCommitResponse response = client().call(
                        new OffsetCommitRequest()
                                .groupId(GROUP)
                                .memberId(member)
                                .generationIdOrMemberEpoch(epoch)
                                .topics(List.of(new OffsetCommitRequestTopic()
                                        .name(TOPIC)
                                        .partitions(List.of(new OffsetCommitRequestPartition()
                                                .partitionIndex(partition)
                                                .committedOffset(1))))),
                        9,
                        OffsetCommitResponse.class);
        return ErrorCode.forCode(response.topics().get(0).partitions().get(0).errorCode());
    }

    @Test
    void toolsSeeHowFarMembersAre() throws Exception {
        List<KafkaConsumer<byte[], byte[]>> members = pair();

        ConsumerGroupDescription group = describe();

        assertThat(group.type()).isEqualTo(GroupType.CONSUMER);
        assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
        assertThat(group.groupEpoch()).isEqualTo(group.targetAssignmentEpoch());
        assertThat(group.members()).hasSize(2).allSatisfy(each -> {
            assertThat(each.memberEpoch()).isEqualTo(group.groupEpoch());
            assertThat(each.upgraded()).contains(true);
            assertThat(each.assignment().topicPartitions()).hasSize(2);
            assertThat(each.targetAssignment()).contains(each.assignment());
        });
        assertThat(group.members().stream().flatMap(each -> each.assignment().topicPartitions().stream()))
                .containsExactlyInAnyOrderElementsOf(members.stream()
                        .flatMap(each -> each.assignment().stream())
                        .toList());
        try (Admin admin = broker().admin()) {
            assertThat(admin.listGroups().all().get()).singleElement().satisfies(each -> {
                assertThat(each.groupId()).isEqualTo(GROUP);
                assertThat(each.type()).contains(GroupType.CONSUMER);
                assertThat(each.groupState()).contains(GroupState.STABLE);
            });
        }
    }

    @Test
    void aGroupIsDeletedWhenNobodyIsLeftInIt() throws Exception {
        KafkaConsumer<byte[], byte[]> a = consumer(Map.of());
        a.subscribe(List.of(TOPIC));
        Set<String> read = new HashSet<>();
        until(() -> {
            read(a, read);
            return read.size() == PARTITIONS * RECORDS_EACH;
        });
        a.commitSync();

        try (Admin admin = broker().admin()) {
            assertThat(admin.deleteConsumerGroups(List.of(GROUP)).all())
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(GroupNotEmptyException.class);
            close(a);
            admin.deleteConsumerGroups(List.of(GROUP)).all().get();

            assertThat(admin.listGroups().all().get()).isEmpty();
            restartBroker();
        }
        try (Admin admin = broker().admin()) {
            assertThat(admin.listGroups().all().get()).isEmpty();
        }
    }

    @Test
    void offsetsOfATopicAreDeletedWhenNobodyReadsIt() throws Exception {
        create("parcels", 1);
        TopicPartition parcels = new TopicPartition("parcels", 0);
        KafkaConsumer<byte[], byte[]> a = consumer(Map.of());
        a.subscribe(List.of(TOPIC));
        until(() -> {
            a.poll(Duration.ofMillis(50));
            return a.assignment().size() == PARTITIONS;
        });
        a.commitSync(Map.of(parcels, new OffsetAndMetadata(7), new TopicPartition(TOPIC, 0), new OffsetAndMetadata(8)));

        try (Admin admin = broker().admin()) {
            assertThat(admin.deleteConsumerGroupOffsets(GROUP, Set.of(new TopicPartition(TOPIC, 0)))
                            .all())
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(GroupSubscribedToTopicException.class);
            admin.deleteConsumerGroupOffsets(GROUP, Set.of(parcels)).all().get();

            assertThat(admin.listConsumerGroupOffsets(GROUP)
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .containsOnlyKeys(new TopicPartition(TOPIC, 0));
        }
    }
}
