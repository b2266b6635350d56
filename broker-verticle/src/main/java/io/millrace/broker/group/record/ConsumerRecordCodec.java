package io.millrace.broker.group.record;

import io.millrace.wire.WireException;
import io.millrace.wire.WireLimits;
import io.millrace.wire.WireMessage;
import io.millrace.wire.WireReader;
import io.millrace.wire.message.ConsumerGroupCurrentMemberAssignmentKey;
import io.millrace.wire.message.ConsumerGroupCurrentMemberAssignmentValue;
import io.millrace.wire.message.ConsumerGroupMemberMetadataKey;
import io.millrace.wire.message.ConsumerGroupMemberMetadataValue;
import io.millrace.wire.message.ConsumerGroupMetadataKey;
import io.millrace.wire.message.ConsumerGroupMetadataValue;
import io.millrace.wire.message.ConsumerGroupPartitionMetadataKey;
import io.millrace.wire.message.ConsumerGroupRegularExpressionKey;
import io.millrace.wire.message.ConsumerGroupRegularExpressionValue;
import io.millrace.wire.message.ConsumerGroupTargetAssignmentMemberKey;
import io.millrace.wire.message.ConsumerGroupTargetAssignmentMemberValue;
import io.millrace.wire.message.ConsumerGroupTargetAssignmentMetadataKey;
import io.millrace.wire.message.ConsumerGroupTargetAssignmentMetadataValue;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Between records of the next-generation protocol as values and the bytes of their keys and values. All have one version. */
public final class ConsumerRecordCodec {

    private static final short VERSION = 0;

    private ConsumerRecordCodec() {}

    public static byte[] key(ConsumerRecord record) {
        String group = record.group();
        if (record instanceof ConsumerRecord.Epoch) {
            return RecordBytes.of(
                    ConsumerGroupMetadataKey.RECORD_TYPE, new ConsumerGroupMetadataKey().groupId(group), VERSION);
        }
        if (record instanceof ConsumerRecord.TopicMetadata) {
            return RecordBytes.of(
                    ConsumerGroupPartitionMetadataKey.RECORD_TYPE,
                    new ConsumerGroupPartitionMetadataKey().groupId(group),
                    VERSION);
        }
        if (record instanceof ConsumerRecord.TargetEpoch) {
            return RecordBytes.of(
                    ConsumerGroupTargetAssignmentMetadataKey.RECORD_TYPE,
                    new ConsumerGroupTargetAssignmentMetadataKey().groupId(group),
                    VERSION);
        }
        if (record instanceof ConsumerRecord.Regex regex) {
            return RecordBytes.of(
                    ConsumerGroupRegularExpressionKey.RECORD_TYPE,
                    new ConsumerGroupRegularExpressionKey().groupId(group).regularExpression(regex.regex()),
                    VERSION);
        }
        return memberKey(record);
    }

    private static byte[] memberKey(ConsumerRecord record) {
        String group = record.group();
        if (record instanceof ConsumerRecord.Member member) {
            return RecordBytes.of(
                    ConsumerGroupMemberMetadataKey.RECORD_TYPE,
                    new ConsumerGroupMemberMetadataKey().groupId(group).memberId(member.memberId()),
                    VERSION);
        }
        if (record instanceof ConsumerRecord.Target target) {
            return RecordBytes.of(
                    ConsumerGroupTargetAssignmentMemberKey.RECORD_TYPE,
                    new ConsumerGroupTargetAssignmentMemberKey().groupId(group).memberId(target.memberId()),
                    VERSION);
        }
        ConsumerRecord.Current current = (ConsumerRecord.Current) record;
        return RecordBytes.of(
                ConsumerGroupCurrentMemberAssignmentKey.RECORD_TYPE,
                new ConsumerGroupCurrentMemberAssignmentKey().groupId(group).memberId(current.memberId()),
                VERSION);
    }

    /** Null for a tombstone. */
    public static byte @Nullable [] value(ConsumerRecord record) {
        WireMessage value = record.value();
        return value == null ? null : RecordBytes.of(VERSION, value, VERSION);
    }

    /**
     * Reads a record.
     *
     * @param key behind the number of its type
     * @param value null for a tombstone
     * @return null if the type is none of these
     * @throws WireException if the bytes are no such record
     */
    static @Nullable ConsumerRecord read(short type, WireReader key, @Nullable ByteBuf value) {
        return switch (type) {
            case ConsumerGroupMetadataKey.RECORD_TYPE ->
                new ConsumerRecord.Epoch(
                        new ConsumerGroupMetadataKey(key, VERSION).groupId(),
                        read(value, ConsumerGroupMetadataValue::new));
            case ConsumerGroupPartitionMetadataKey.RECORD_TYPE ->
                new ConsumerRecord.TopicMetadata(
                        new ConsumerGroupPartitionMetadataKey(key, VERSION).groupId(), value == null);
            case ConsumerGroupTargetAssignmentMetadataKey.RECORD_TYPE ->
                new ConsumerRecord.TargetEpoch(
                        new ConsumerGroupTargetAssignmentMetadataKey(key, VERSION).groupId(),
                        read(value, ConsumerGroupTargetAssignmentMetadataValue::new));
            case ConsumerGroupRegularExpressionKey.RECORD_TYPE -> regex(key, value);
            case ConsumerGroupMemberMetadataKey.RECORD_TYPE -> member(key, value);
            case ConsumerGroupTargetAssignmentMemberKey.RECORD_TYPE -> target(key, value);
            case ConsumerGroupCurrentMemberAssignmentKey.RECORD_TYPE -> current(key, value);
            default -> null;
        };
    }

    private static ConsumerRecord regex(WireReader in, @Nullable ByteBuf value) {
        ConsumerGroupRegularExpressionKey key = new ConsumerGroupRegularExpressionKey(in, VERSION);
        return new ConsumerRecord.Regex(
                key.groupId(), key.regularExpression(), read(value, ConsumerGroupRegularExpressionValue::new));
    }

    private static ConsumerRecord member(WireReader in, @Nullable ByteBuf value) {
        ConsumerGroupMemberMetadataKey key = new ConsumerGroupMemberMetadataKey(in, VERSION);
        return new ConsumerRecord.Member(
                key.groupId(), key.memberId(), read(value, ConsumerGroupMemberMetadataValue::new));
    }

    private static ConsumerRecord target(WireReader in, @Nullable ByteBuf value) {
        ConsumerGroupTargetAssignmentMemberKey key = new ConsumerGroupTargetAssignmentMemberKey(in, VERSION);
        return new ConsumerRecord.Target(
                key.groupId(), key.memberId(), read(value, ConsumerGroupTargetAssignmentMemberValue::new));
    }

    private static ConsumerRecord current(WireReader in, @Nullable ByteBuf value) {
        ConsumerGroupCurrentMemberAssignmentKey key = new ConsumerGroupCurrentMemberAssignmentKey(in, VERSION);
        return new ConsumerRecord.Current(
                key.groupId(), key.memberId(), read(value, ConsumerGroupCurrentMemberAssignmentValue::new));
    }

    private static <T> @Nullable T read(@Nullable ByteBuf value, WireReader.StructReader<T> reader) {
        if (value == null) {
            return null;
        }
        WireReader body = new WireReader(value.slice(), WireLimits.DEFAULT);
        return reader.read(body, body.readShort());
    }
}
