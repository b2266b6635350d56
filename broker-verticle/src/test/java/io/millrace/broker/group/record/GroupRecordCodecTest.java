package io.millrace.broker.group.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.wire.Uuids;
import io.millrace.wire.WireException;
import io.millrace.wire.message.GroupMetadataValue;
import io.millrace.wire.message.GroupMetadataValue.MemberMetadata;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What we write Kafka's coordinator reads, and the other way round. */
class GroupRecordCodecTest {

    private static final UUID TOPIC_ID = new UUID(7, 8);

    @Test
    void kafkaReadsACommittedOffset() {
        CoordinatorRecord read = kafkas(new OffsetRecord("g", "letters", 3, offset(CommittedOffset.NO_EXPIRY)));

        assertThat(read.key())
                .isEqualTo(
                        new OffsetCommitKey().setGroup("g").setTopic("letters").setPartition(3));
        assertThat(read.value().version()).isEqualTo((short) 4);
        assertThat(read.value().message())
                .isEqualTo(new OffsetCommitValue()
                        .setOffset(42)
                        .setLeaderEpoch(5)
                        .setMetadata("mine")
                        .setCommitTimestamp(1_000)
                        .setTopicId(new Uuid(7, 8)));
    }

    @Test
    void anExpiryOfItsOwnNeedsTheVersionThatHasIt() {
        CoordinatorRecord read = kafkas(new OffsetRecord("g", "letters", 3, offset(9_000)));

        assertThat(read.value().version()).isEqualTo((short) 1);
        assertThat(((OffsetCommitValue) read.value().message()).expireTimestamp())
                .isEqualTo(9_000);
    }

    @Test
    void kafkaReadsTombstones() {
        assertThat(kafkas(new OffsetRecord("g", "letters", 3, null)).value()).isNull();
        CoordinatorRecord gone = kafkas(new MembershipRecord("g", null));
        assertThat(gone.key()).isEqualTo(new GroupMetadataKey().setGroup("g"));
        assertThat(gone.value()).isNull();
    }

    @Test
    void kafkaReadsAGeneration() {
        CoordinatorRecord read = kafkas(new MembershipRecord("g", generation()));

        assertThat(read.value().version()).isEqualTo((short) 3);
        var value = (org.apache.kafka.coordinator.group.generated.GroupMetadataValue)
                read.value().message();
        assertThat(value.generation()).isEqualTo(4);
        assertThat(value.leader()).isEqualTo("m1");
        assertThat(value.members()).singleElement().satisfies(member -> {
            assertThat(member.groupInstanceId()).isEqualTo("desk");
            assertThat(member.assignment()).isEqualTo(bytes("assigned"));
            assertThat(member.rebalanceTimeout()).isEqualTo(60_000);
        });
    }

    @Test
    void readsWhatItWrites() {
        for (GroupRecord record : List.of(
                new OffsetRecord("g", "letters", 3, offset(CommittedOffset.NO_EXPIRY)),
                new OffsetRecord("g", "letters", 3, null),
                new MembershipRecord("g", generation()),
                new MembershipRecord("g", null))) {
            assertThat(read(GroupRecordCodec.key(record), GroupRecordCodec.value(record)))
                    .isEqualTo(record);
        }
        OffsetRecord expiring = new OffsetRecord("g", "letters", 3, offset(9_000));
        OffsetRecord read = (OffsetRecord)
                Objects.requireNonNull(read(GroupRecordCodec.key(expiring), GroupRecordCodec.value(expiring)));
        assertThat(Objects.requireNonNull(read.offset()).expireTimestampMs()).isEqualTo(9_000);
    }

    @Test
    void readsOffsetsOfTheOldestFormat() {
        ByteBuf key = Unpooled.buffer().writeShort(0);
        string(key, "g");
        string(key, "letters");
        key.writeInt(3);
        ByteBuf value = Unpooled.buffer().writeShort(0).writeLong(42);
        string(value, "mine");
        value.writeLong(1_000);

        assertThat(GroupRecordCodec.read(key, value))
                .isEqualTo(new OffsetRecord(
                        "g", "letters", 3, new CommittedOffset(42, -1, "mine", 1_000, -1, Uuids.ZERO)));
    }

    @Test
    void leavesRecordsAloneThatItDoesNotKnow() {
        assertThat(GroupRecordCodec.read(Unpooled.buffer().writeShort(9).writeInt(9), Unpooled.EMPTY_BUFFER))
                .isNull();
    }

    @Test
    void refusesBytesThatAreNoRecord() {
        ByteBuf key = Unpooled.wrappedBuffer(GroupRecordCodec.key(new MembershipRecord("g", null)));
        assertThatThrownBy(() -> GroupRecordCodec.read(
                        key, Unpooled.buffer().writeShort(3).writeInt(-1)))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> GroupRecordCodec.read(key, Unpooled.buffer().writeShort(99)))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> GroupRecordCodec.read(Unpooled.buffer().writeShort(1), null))
                .isInstanceOf(WireException.class);
    }

    private static CommittedOffset offset(long expireMs) {
        return new CommittedOffset(42, 5, "mine", 1_000, expireMs, TOPIC_ID);
    }

    private static GroupMetadataValue generation() {
        return new GroupMetadataValue()
                .protocolType("consumer")
                .generation(4)
                .protocol("range")
                .leader("m1")
                .currentStateTimestamp(77)
                .members(List.of(new MemberMetadata()
                        .memberId("m1")
                        .groupInstanceId("desk")
                        .clientId("c")
                        .clientHost("/127.0.0.1")
                        .rebalanceTimeout(60_000)
                        .sessionTimeout(45_000)
                        .subscription(Unpooled.wrappedBuffer(bytes("subscribed")))
                        .assignment(Unpooled.wrappedBuffer(bytes("assigned")))));
    }

    private static CoordinatorRecord kafkas(GroupRecord record) {
        byte[] value = GroupRecordCodec.value(record);
        return new GroupCoordinatorRecordSerde()
                .deserialize(
                        ByteBuffer.wrap(GroupRecordCodec.key(record)), value == null ? null : ByteBuffer.wrap(value));
    }

    private static @Nullable GroupRecord read(byte[] key, byte @Nullable [] value) {
        return GroupRecordCodec.read(Unpooled.wrappedBuffer(key), value == null ? null : Unpooled.wrappedBuffer(value));
    }

    private static void string(ByteBuf out, String text) {
        out.writeShort(text.length()).writeBytes(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
