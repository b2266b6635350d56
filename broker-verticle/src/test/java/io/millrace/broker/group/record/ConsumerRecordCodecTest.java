package io.millrace.broker.group.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.message.ConsumerGroupCurrentMemberAssignmentValue;
import io.millrace.wire.message.ConsumerGroupMemberMetadataValue;
import io.millrace.wire.message.ConsumerGroupMetadataValue;
import io.millrace.wire.message.ConsumerGroupRegularExpressionValue;
import io.millrace.wire.message.ConsumerGroupTargetAssignmentMemberValue;
import io.millrace.wire.message.ConsumerGroupTargetAssignmentMetadataValue;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupCurrentMemberAssignmentKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupPartitionMetadataKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupRegularExpressionKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What we write of the next-generation protocol Kafka's coordinator reads, and the other way round. */
class ConsumerRecordCodecTest {

    private static final UUID TOPIC_ID = new UUID(7, 8);

    private static final ConsumerRecord EPOCH = new ConsumerRecord.Epoch(
            "g", new ConsumerGroupMetadataValue().epoch(3).metadataHash(99));

    private static final ConsumerRecord MEMBER = new ConsumerRecord.Member(
            "g",
            "m",
            new ConsumerGroupMemberMetadataValue()
                    .instanceId("desk")
                    .rackId("r1")
                    .clientId("client")
                    .clientHost("/here")
                    .subscribedTopicNames(List.of("letters"))
                    .subscribedTopicRegex("l.*")
                    .rebalanceTimeoutMs(60_000)
                    .serverAssignor("range")
                    .classicMemberMetadata(null));

    private static final ConsumerRecord TARGET_EPOCH = new ConsumerRecord.TargetEpoch(
            "g",
            new ConsumerGroupTargetAssignmentMetadataValue().assignmentEpoch(2).assignmentTimestamp(1_000));

    private static final ConsumerRecord TARGET = new ConsumerRecord.Target(
            "g",
            "m",
            new ConsumerGroupTargetAssignmentMemberValue()
                    .topicPartitions(List.of(new ConsumerGroupTargetAssignmentMemberValue.TopicPartition()
                            .topicId(TOPIC_ID)
                            .partitions(List.of(1, 2)))));

    private static final ConsumerRecord CURRENT = new ConsumerRecord.Current(
            "g",
            "m",
            new ConsumerGroupCurrentMemberAssignmentValue()
                    .memberEpoch(2)
                    .previousMemberEpoch(1)
                    .state((byte) 1)
                    .assignedPartitions(List.of(new ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions()
                            .topicId(TOPIC_ID)
                            .partitions(List.of(1, 2))
                            .assignmentEpochs(List.of(1, 2))))
                    .partitionsPendingRevocation(List.of()));

    private static final ConsumerRecord REGEX = new ConsumerRecord.Regex(
            "g",
            "l.*",
            new ConsumerGroupRegularExpressionValue()
                    .topics(List.of("letters"))
                    .version(5)
                    .timestamp(6));

    @Test
    void readsWhatItWrites() {
        for (ConsumerRecord each : List.of(EPOCH, MEMBER, TARGET_EPOCH, TARGET, CURRENT, REGEX)) {
            assertThat(read(GroupRecordCodec.key(each), GroupRecordCodec.value(each)))
                    .isEqualTo(each);
        }
        for (ConsumerRecord each : List.of(
                new ConsumerRecord.Epoch("g", null),
                new ConsumerRecord.TopicMetadata("g", true),
                new ConsumerRecord.Member("g", "m", null),
                new ConsumerRecord.TargetEpoch("g", null),
                new ConsumerRecord.Target("g", "m", null),
                new ConsumerRecord.Current("g", "m", null),
                new ConsumerRecord.Regex("g", "l.*", null))) {
            assertThat(GroupRecordCodec.value(each)).isNull();
            assertThat(read(GroupRecordCodec.key(each), null)).isEqualTo(each);
        }
    }

    @Test
    void kafkaReadsWhatWeWrite() {
        CoordinatorRecord epoch = kafkas(EPOCH);
        assertThat(epoch.key()).isEqualTo(new ConsumerGroupMetadataKey().setGroupId("g"));
        assertThat(message(epoch))
                .isEqualTo(new org.apache.kafka.coordinator.group.generated.ConsumerGroupMetadataValue()
                        .setEpoch(3)
                        .setMetadataHash(99));
        assertThat(message(kafkas(MEMBER)))
                .isEqualTo(new org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataValue()
                        .setInstanceId("desk")
                        .setRackId("r1")
                        .setClientId("client")
                        .setClientHost("/here")
                        .setSubscribedTopicNames(List.of("letters"))
                        .setSubscribedTopicRegex("l.*")
                        .setRebalanceTimeoutMs(60_000)
                        .setServerAssignor("range")
                        .setClassicMemberMetadata(null));
        assertThat(message(kafkas(TARGET_EPOCH)))
                .isEqualTo(new org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMetadataValue()
                        .setAssignmentEpoch(2)
                        .setAssignmentTimestamp(1_000));
        assertThat(message(kafkas(TARGET)))
                .isEqualTo(new org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMemberValue()
                        .setTopicPartitions(List.of(new org.apache.kafka.coordinator.group.generated
                                        .ConsumerGroupTargetAssignmentMemberValue.TopicPartition()
                                .setTopicId(new Uuid(7, 8))
                                .setPartitions(List.of(1, 2)))));
        assertThat(message(kafkas(REGEX)))
                .isEqualTo(new org.apache.kafka.coordinator.group.generated.ConsumerGroupRegularExpressionValue()
                        .setTopics(List.of("letters"))
                        .setVersion(5)
                        .setTimestamp(6));
    }

    @Test
    void kafkaReadsHowFarAMemberHasCome() {
        CoordinatorRecord current = kafkas(CURRENT);

        assertThat(current.key())
                .isEqualTo(new ConsumerGroupCurrentMemberAssignmentKey()
                        .setGroupId("g")
                        .setMemberId("m"));
        assertThat(message(current))
                .isEqualTo(new org.apache.kafka.coordinator.group.generated.ConsumerGroupCurrentMemberAssignmentValue()
                        .setMemberEpoch(2)
                        .setPreviousMemberEpoch(1)
                        .setState((byte) 1)
                        .setAssignedPartitions(List.of(new org.apache.kafka.coordinator.group.generated
                                        .ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions()
                                .setTopicId(new Uuid(7, 8))
                                .setPartitions(List.of(1, 2))
                                .setAssignmentEpochs(List.of(1, 2)))));
    }

    @Test
    void kafkaReadsTombstones() {
        assertThat(kafkas(new ConsumerRecord.TopicMetadata("g", true)).key())
                .isEqualTo(new ConsumerGroupPartitionMetadataKey().setGroupId("g"));
        CoordinatorRecord regex = kafkas(new ConsumerRecord.Regex("g", "l.*", null));
        assertThat(regex.key())
                .isEqualTo(
                        new ConsumerGroupRegularExpressionKey().setGroupId("g").setRegularExpression("l.*"));
        assertThat(regex.value()).isNull();
    }

    @Test
    void topicsThatOldBrokersRememberedAreRecognized() {
        byte[] key = GroupRecordCodec.key(new ConsumerRecord.TopicMetadata("g", true));

        assertThat(read(key, new byte[] {0, 0, 1, 0})).isEqualTo(new ConsumerRecord.TopicMetadata("g", false));
    }

    @Test
    void kafkaReadsWhoSpeaksTheClassicProtocol() {
        ConsumerRecord member = new ConsumerRecord.Member(
                "g",
                "m",
                new ConsumerGroupMemberMetadataValue()
                        .classicMemberMetadata(new ConsumerGroupMemberMetadataValue.ClassicMemberMetadata()
                                .sessionTimeoutMs(45_000)
                                .supportedProtocols(List.of(new ConsumerGroupMemberMetadataValue.ClassicProtocol()
                                        .name("range")
                                        .metadata(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}))))));

        assertThat(message(kafkas(member)))
                .isEqualTo(new org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataValue()
                        .setClassicMemberMetadata(new org.apache.kafka.coordinator.group.generated
                                        .ConsumerGroupMemberMetadataValue.ClassicMemberMetadata()
                                .setSessionTimeoutMs(45_000)
                                .setSupportedProtocols(List.of(new org.apache.kafka.coordinator.group.generated
                                                .ConsumerGroupMemberMetadataValue.ClassicProtocol()
                                        .setName("range")
                                        .setMetadata(new byte[] {1, 2, 3})))));
        assertThat(read(GroupRecordCodec.key(member), GroupRecordCodec.value(member)))
                .isEqualTo(member);
    }

    private static @Nullable GroupRecord read(byte[] key, byte @Nullable [] value) {
        return GroupRecordCodec.read(Unpooled.wrappedBuffer(key), value == null ? null : Unpooled.wrappedBuffer(value));
    }

    private static CoordinatorRecord kafkas(ConsumerRecord record) {
        byte[] value = GroupRecordCodec.value(record);
        return new GroupCoordinatorRecordSerde()
                .deserialize(
                        ByteBuffer.wrap(GroupRecordCodec.key(record)), value == null ? null : ByteBuffer.wrap(value));
    }

    private static Object message(CoordinatorRecord record) {
        return record.value().message();
    }
}
