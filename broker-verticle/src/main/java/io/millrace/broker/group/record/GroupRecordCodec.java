package io.millrace.broker.group.record;

import io.millrace.wire.Uuids;
import io.millrace.wire.WireException;
import io.millrace.wire.WireLimits;
import io.millrace.wire.WireReader;
import io.millrace.wire.message.GroupMetadataKey;
import io.millrace.wire.message.GroupMetadataValue;
import io.millrace.wire.message.LegacyOffsetCommitKey;
import io.millrace.wire.message.LegacyOffsetCommitValue;
import io.millrace.wire.message.OffsetCommitKey;
import io.millrace.wire.message.OffsetCommitValue;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Between records as values and the bytes of their keys and values. A key begins with the number of its record type, a
 * value with the number of its version.
 */
public final class GroupRecordCodec {

    private static final short KEY_VERSION = 0;

    /** What Kafka 4.3 writes. */
    private static final short MEMBERSHIP_VERSION = 3;

    private static final short OFFSET_VERSION = 4;

    /** The only version that can say when an offset expires. */
    private static final short OFFSET_VERSION_WITH_EXPIRY = 1;

    private GroupRecordCodec() {}

    public static byte[] key(GroupRecord record) {
        if (record instanceof ConsumerRecord consumer) {
            return ConsumerRecordCodec.key(consumer);
        }
        if (record instanceof OffsetRecord offset) {
            OffsetCommitKey key = new OffsetCommitKey()
                    .group(offset.group())
                    .topic(offset.topic())
                    .partition(offset.partition());
            return RecordBytes.of(OffsetCommitKey.RECORD_TYPE, key, KEY_VERSION);
        }
        return RecordBytes.of(GroupMetadataKey.RECORD_TYPE, new GroupMetadataKey().group(record.group()), KEY_VERSION);
    }

    /** Null for a tombstone. */
    public static byte @Nullable [] value(GroupRecord record) {
        if (record instanceof ConsumerRecord consumer) {
            return ConsumerRecordCodec.value(consumer);
        }
        if (record instanceof OffsetRecord offset) {
            return offset.offset() == null ? null : value(offset.offset());
        }
        GroupMetadataValue value = ((MembershipRecord) record).value();
        return value == null ? null : RecordBytes.of(MEMBERSHIP_VERSION, value, MEMBERSHIP_VERSION);
    }

    private static byte[] value(CommittedOffset offset) {
        boolean expires = offset.expireTimestampMs() != CommittedOffset.NO_EXPIRY;
        short version = expires ? OFFSET_VERSION_WITH_EXPIRY : OFFSET_VERSION;
        OffsetCommitValue value = new OffsetCommitValue()
                .offset(offset.offset())
                .leaderEpoch(offset.leaderEpoch())
                .metadata(offset.metadata())
                .commitTimestamp(offset.commitTimestampMs())
                .expireTimestamp(offset.expireTimestampMs())
                .topicId(offset.topicId());
        return RecordBytes.of(version, value, version);
    }

    /**
     * Reads a record.
     *
     * @param value null for a tombstone
     * @return null if it is of a type that this broker does not know
     * @throws WireException if the bytes are no such record
     */
    public static @Nullable GroupRecord read(ByteBuf key, @Nullable ByteBuf value) {
        WireReader in = new WireReader(key.slice(), WireLimits.DEFAULT);
        short type = in.readShort();
        return switch (type) {
            case LegacyOffsetCommitKey.RECORD_TYPE -> legacyOffset(in, value);
            case OffsetCommitKey.RECORD_TYPE -> offset(in, value);
            case GroupMetadataKey.RECORD_TYPE ->
                new MembershipRecord(new GroupMetadataKey(in, KEY_VERSION).group(), membership(value));
            default -> ConsumerRecordCodec.read(type, in, value);
        };
    }

    private static OffsetRecord legacyOffset(WireReader in, @Nullable ByteBuf value) {
        LegacyOffsetCommitKey key = new LegacyOffsetCommitKey(in, KEY_VERSION);
        CommittedOffset offset = null;
        if (value != null) {
            WireReader body = new WireReader(value.slice(), WireLimits.DEFAULT);
            LegacyOffsetCommitValue read = new LegacyOffsetCommitValue(body, body.readShort());
            offset = new CommittedOffset(
                    read.offset(),
                    CommittedOffset.NO_LEADER_EPOCH,
                    read.metadata(),
                    read.commitTimestamp(),
                    CommittedOffset.NO_EXPIRY,
                    Uuids.ZERO);
        }
        return new OffsetRecord(key.group(), key.topic(), key.partition(), offset);
    }

    private static OffsetRecord offset(WireReader in, @Nullable ByteBuf value) {
        OffsetCommitKey key = new OffsetCommitKey(in, KEY_VERSION);
        CommittedOffset offset = null;
        if (value != null) {
            WireReader body = new WireReader(value.slice(), WireLimits.DEFAULT);
            OffsetCommitValue read = new OffsetCommitValue(body, body.readShort());
            offset = new CommittedOffset(
                    read.offset(),
                    read.leaderEpoch(),
                    read.metadata(),
                    read.commitTimestamp(),
                    read.expireTimestamp(),
                    read.topicId());
        }
        return new OffsetRecord(key.group(), key.topic(), key.partition(), offset);
    }

    private static @Nullable GroupMetadataValue membership(@Nullable ByteBuf value) {
        if (value == null) {
            return null;
        }
        WireReader body = new WireReader(value.slice(), WireLimits.DEFAULT);
        return new GroupMetadataValue(body, body.readShort());
    }
}
