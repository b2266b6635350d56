package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.OffsetCommitRequest;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.millrace.wire.message.OffsetCommitResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own consumers with {@code group.protocol=consumer}, against a broker over sockets. */
class ConsumerProtocolClientTest extends GroupClientTestBase {

    /** Where the broker is to listen, 0 for any free port. */
    private int port;

    @Override
    protected Map<String, String> settings() {
        return Map.of(
                "listeners", "PLAINTEXT://127.0.0.1:" + port,
                "group.consumer.min.heartbeat.interval.ms", "200",
                "group.consumer.heartbeat.interval.ms", "200",
                "group.consumer.min.session.timeout.ms", "3000",
                "group.consumer.session.timeout.ms", "3000",
                "offsets.topic.num.partitions", "5");
    }

    @Override
    Map<String, String> consumerSettings() {
        return Map.of("group.protocol", "consumer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"uniform", "range"})
    void membersShareThePartitionsAndTakeOverFromThoseWhoLeave(String assignor) throws Exception {
        shareAndTakeOver(Map.of("group.remote.assignor", assignor));

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
        KafkaConsumer<byte[], byte[]> a = member(Map.of());
        untilItHasReadAll(a);
        a.commitSync();
        close(a);
        restartBroker();

        KafkaConsumer<byte[], byte[]> b = member(Map.of());
        untilItHas(PARTITIONS, b);

        for (TopicPartition each : b.assignment()) {
            assertThat(b.position(each)).isEqualTo(RECORDS_EACH);
        }
    }

    @Test
    void anExpressionFindsTopicsThatComeLater() throws Exception {
        KafkaConsumer<byte[], byte[]> a = consumer(Map.of());
        a.subscribe(new SubscriptionPattern("let.*|par.*"));
        untilItHas(PARTITIONS, a);

        create("parcels", 2);

        untilItHas(PARTITIONS + 2, a);
    }

    @Test
    void aStaticMemberFindsItsPlaceAgain() {
        KafkaConsumer<byte[], byte[]> a = member(Map.of());
        KafkaConsumer<byte[], byte[]> b = member(Map.of("group.instance.id", "desk"));
        untilTheyShare(a, b);

        comeBack(a, b);
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
                poll(each);
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
        KafkaConsumer<byte[], byte[]> classic = member(Map.of("group.protocol", "classic"));
        untilItHasReadAll(classic);
        classic.commitSync();
        close(classic);

        KafkaConsumer<byte[], byte[]> a = member(Map.of());
        untilItHas(PARTITIONS, a);

        for (TopicPartition each : a.assignment()) {
            assertThat(a.position(each)).isEqualTo(RECORDS_EACH);
        }
        restartBroker();
        assertThat(describe().type()).isEqualTo(GroupType.CONSUMER);
    }

    /** Two members that have two partitions each. */
    private List<KafkaConsumer<byte[], byte[]>> pair() {
        KafkaConsumer<byte[], byte[]> a = member(Map.of());
        KafkaConsumer<byte[], byte[]> b = member(Map.of());
        untilTheyShare(a, b);
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
                for (ConsumerRecord<byte[], byte[]> record : poll(each)) {
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

    @Test
    void aMemberMayCommitInAnEarlierEpochWhatItHasHadSinceThen() throws Exception {
        KafkaConsumer<byte[], byte[]> a = member(Map.of());
        untilItHas(PARTITIONS, a);
        int before = a.groupMetadata().generationId();
        KafkaConsumer<byte[], byte[]> b = member(Map.of());
        untilTheyShare(a, b);
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
        KafkaConsumer<byte[], byte[]> a = member(Map.of());
        untilItHasReadAll(a);
        a.commitSync();

        try (Admin admin = broker().admin()) {
            assertRefused(
                    GroupNotEmptyException.class,
                    admin.deleteConsumerGroups(List.of(GROUP)).all());
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
        KafkaConsumer<byte[], byte[]> a = member(Map.of());
        untilItHas(PARTITIONS, a);
        a.commitSync(Map.of(parcels, new OffsetAndMetadata(7), new TopicPartition(TOPIC, 0), new OffsetAndMetadata(8)));

        try (Admin admin = broker().admin()) {
            assertRefused(
                    GroupSubscribedToTopicException.class,
                    admin.deleteConsumerGroupOffsets(GROUP, Set.of(new TopicPartition(TOPIC, 0)))
                            .all());
            admin.deleteConsumerGroupOffsets(GROUP, Set.of(parcels)).all().get();

            assertThat(admin.listConsumerGroupOffsets(GROUP)
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .containsOnlyKeys(new TopicPartition(TOPIC, 0));
        }
    }
}
