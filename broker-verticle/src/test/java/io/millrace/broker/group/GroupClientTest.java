package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own consumers in groups, and Kafka's tools for them, against a broker over sockets. */
class GroupClientTest extends GroupClientTestBase {

    @Override
    protected Map<String, String> settings() {
        return Map.of(
                "group.initial.rebalance.delay.ms", "0",
                "group.min.session.timeout.ms", "1000",
                "offsets.topic.num.partitions", "5");
    }

    @Override
    Map<String, String> consumerSettings() {
        return Map.of("group.protocol", "classic", "heartbeat.interval.ms", "100", "retry.backoff.ms", "20");
    }

    @Test
    void aConsumerGoesOnWhereTheLastOneCommittedAfterARestartOfTheBroker() throws Exception {
        KafkaConsumer<byte[], byte[]> first = member(Map.of("max.poll.records", "10"));
        Map<TopicPartition, Long> positions = new HashMap<>();
        until(() -> {
            for (ConsumerRecord<byte[], byte[]> each : poll(first)) {
                positions.put(new TopicPartition(each.topic(), each.partition()), each.offset() + 1);
            }
            return positions.values().stream().mapToLong(Long::longValue).sum() >= 30;
        });
        first.commitSync();
        close(first);
        restartBroker();

        KafkaConsumer<byte[], byte[]> second = member(Map.of());
        Map<TopicPartition, Long> begun = new HashMap<>();
        Set<String> read = new HashSet<>();
        long left = PARTITIONS * RECORDS_EACH
                - positions.values().stream().mapToLong(Long::longValue).sum();
        until(() -> {
            for (ConsumerRecord<byte[], byte[]> each : poll(second)) {
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
        KafkaConsumer<byte[], byte[]> left =
                shareAndTakeOver(Map.of("partition.assignment.strategy", assignor.getName()));

        left.commitSync();
    }

    @Test
    void aStaticMemberComesBackWithoutARebalance() throws Exception {
        KafkaConsumer<byte[], byte[]> a = member(Map.of());
        KafkaConsumer<byte[], byte[]> b = member(Map.of("group.instance.id", "desk"));
        untilTheyShare(a, b);
        int generation = a.groupMetadata().generationId();

        KafkaConsumer<byte[], byte[]> again = comeBack(a, b);

        assertThat(again.groupMetadata().generationId()).isEqualTo(generation);
        assertThat(a.groupMetadata().generationId()).isEqualTo(generation);
    }

    @Test
    void membersSurviveARestartOfTheBroker() throws Exception {
        KafkaConsumer<byte[], byte[]> a = member(Map.of("group.instance.id", "desk"));
        untilItHas(PARTITIONS, a);
        String member = a.groupMetadata().memberId();
        restartBroker();

        ConsumerGroupDescription group = describe();
        assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
        assertThat(group.members()).singleElement().satisfies(each -> {
            assertThat(each.consumerId()).isEqualTo(member);
            assertThat(each.groupInstanceId()).contains("desk");
            assertThat(each.host()).isEqualTo("/127.0.0.1");
            assertThat(each.assignment().topicPartitions()).hasSize(PARTITIONS);
        });
    }

    @Test
    void toolsSeeChangeAndDeleteGroups() throws Exception {
        TopicPartition first = new TopicPartition(TOPIC, 0);
        try (Admin admin = broker().admin()) {
            admin.alterConsumerGroupOffsets(GROUP, Map.of(first, new OffsetAndMetadata(7)))
                    .all()
                    .get();
            assertThat(committed(admin)).containsEntry(first, 7L);
            KafkaConsumer<byte[], byte[]> a = member(Map.of());
            untilItHas(PARTITIONS, a);
            assertThat(listed(admin, GroupState.STABLE)).containsExactly(GROUP);
            assertThat(listed(admin, GroupState.EMPTY)).isEmpty();
            assertThat(describe().partitionAssignor()).isEqualTo("range");
            assertRefused(
                    GroupNotEmptyException.class,
                    admin.deleteConsumerGroups(List.of(GROUP)).all());
            assertRefused(
                    GroupSubscribedToTopicException.class,
                    admin.deleteConsumerGroupOffsets(GROUP, Set.of(first)).all());
            admin.removeMembersFromConsumerGroup(GROUP, new RemoveMembersFromConsumerGroupOptions())
                    .all()
                    .get();
            close(a);

            admin.deleteConsumerGroupOffsets(GROUP, Set.of(first)).all().get();
            assertThat(committed(admin)).doesNotContainKey(first);
            admin.deleteConsumerGroups(List.of(GROUP)).all().get();
            assertThat(listed(admin)).isEmpty();
            assertRefused(
                    GroupIdNotFoundException.class,
                    admin.describeConsumerGroups(List.of(GROUP)).all());
        }
    }

    @Test
    void anAdministratorSendsAStaticMemberAway() throws Exception {
        KafkaConsumer<byte[], byte[]> a = member(Map.of("group.instance.id", "desk"));
        untilItHas(PARTITIONS, a);
        try (Admin admin = broker().admin()) {
            admin.removeMembersFromConsumerGroup(
                            GROUP, new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("desk"))))
                    .all()
                    .get();

            assertThat(describe().groupState()).isEqualTo(GroupState.EMPTY);
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
            create(TOPIC, PARTITIONS);

            assertThat(committed(admin)).isEmpty();
        }
        restartBroker();
        try (Admin admin = broker().admin()) {
            assertThat(committed(admin)).isEmpty();
        }
    }

    @Test
    void kafkasCodeReadsWhatIsKept() throws Exception {
        KafkaConsumer<byte[], byte[]> a = member(Map.of());
        untilItHas(PARTITIONS, a);
        a.assignment().forEach(a::position); // a partition whose position is not known yet is not committed
        a.commitSync();
        KafkaConsumer<byte[], byte[]> inspector = consumer(Map.of());
        inspector.assign(IntStream.range(0, 5)
                .mapToObj(i -> new TopicPartition("__consumer_offsets", i))
                .toList());
        inspector.seekToBeginning(inspector.assignment());

        List<Object> values = new ArrayList<>();
        until(() -> {
            for (ConsumerRecord<byte[], byte[]> each : poll(inspector)) {
                CoordinatorRecord record = new GroupCoordinatorRecordSerde()
                        .deserialize(ByteBuffer.wrap(each.key()), ByteBuffer.wrap(each.value()));
                values.add(record.value().message());
            }
            return values.size() >= 1 + PARTITIONS;
        });

        assertThat(values).filteredOn(GroupMetadataValue.class::isInstance).hasSize(1);
        assertThat(values).filteredOn(OffsetCommitValue.class::isInstance).hasSize(PARTITIONS);
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
}
