package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.broker.group.record.RecordBytes;
import io.millrace.wire.WireException;
import io.millrace.wire.WireLimits;
import io.millrace.wire.WireReader;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerProtocolAssignment;
import io.millrace.wire.message.ConsumerProtocolSubscription;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What consumers write into the bytes of the classic protocol that brokers need not understand. */
final class Embedded {

    /** The type of protocol whose bytes these are. */
    static final String PROTOCOL_TYPE = "consumer";

    private Embedded() {}

    /** @throws WireException if it is none */
    static ConsumerProtocolSubscription subscription(ByteBuf metadata) {
        WireReader in = new WireReader(metadata, WireLimits.DEFAULT);
        short version = in.readShort();
        return new ConsumerProtocolSubscription(
                in, atMost(version, ConsumerProtocolSubscription.HIGHEST_SUPPORTED_VERSION));
    }

    /** What the client says that it still has, as heartbeats of the other protocol say it. */
    static Reported owned(ConsumerProtocolSubscription subscription, TopicView topics) {
        List<ConsumerGroupHeartbeatRequest.TopicPartitions> owned = new ArrayList<>();
        for (ConsumerProtocolSubscription.TopicPartition each : subscription.ownedPartitions()) {
            UUID topicId = topics.idOf(each.topic());
            if (topicId != null) {
                owned.add(new ConsumerGroupHeartbeatRequest.TopicPartitions()
                        .topicId(topicId)
                        .partitions(each.partitions()));
            }
        }
        return new Reported(owned);
    }

    /**
     * Partitions that there are, out of an assignment.
     *
     * @param bytes empty if nothing was assigned
     * @throws WireException if it is none
     */
    static TopicPartitions assignment(ByteBuf bytes, TopicView topics) {
        TopicPartitions.Builder partitions = new TopicPartitions.Builder();
        if (bytes.isReadable()) {
            for (ConsumerProtocolAssignment.TopicPartition each :
                    assignment(bytes).assignedPartitions()) {
                UUID topicId = topics.idOf(each.topic());
                if (topicId != null) {
                    int count = topics.partitionsOf(topicId);
                    each.partitions().stream()
                            .filter(partition -> partition >= 0 && partition < count)
                            .forEach(partition -> partitions.add(topicId, partition));
                }
            }
        }
        return partitions.build();
    }

    /**
     * Whether an assignment says more than partitions: what one assignor tells another, and nobody else can.
     *
     * @throws WireException if it is none
     */
    static boolean saysMore(ByteBuf bytes) {
        ByteBuf userData = bytes.isReadable() ? assignment(bytes).userData() : null;
        return userData != null && userData.isReadable();
    }

    private static ConsumerProtocolAssignment assignment(ByteBuf bytes) {
        WireReader in = new WireReader(bytes.duplicate(), WireLimits.DEFAULT);
        short version = in.readShort();
        return new ConsumerProtocolAssignment(
                in, atMost(version, ConsumerProtocolAssignment.HIGHEST_SUPPORTED_VERSION));
    }

    /** An assignment for a client that has sent this metadata. Topics that are gone are left out. */
    static ByteBuf assignment(TopicPartitions partitions, TopicView topics, ByteBuf metadata) {
        List<ConsumerProtocolAssignment.TopicPartition> list = new ArrayList<>();
        for (UUID topicId : partitions.topicIds()) {
            String name = topics.nameOf(topicId);
            if (name != null) {
                list.add(new ConsumerProtocolAssignment.TopicPartition()
                        .topic(name)
                        .partitions(partitions.of(topicId)));
            }
        }
        short said = metadata.readableBytes() < Short.BYTES ? 0 : metadata.getShort(metadata.readerIndex());
        short version = atMost((short) Math.max(said, 0), ConsumerProtocolAssignment.HIGHEST_SUPPORTED_VERSION);
        return Unpooled.wrappedBuffer(RecordBytes.of(
                version,
                new ConsumerProtocolAssignment().assignedPartitions(list).userData(null),
                version));
    }

    /**
     * Later versions begin as the last that we know.
     *
     * @throws WireException if there is no such version
     */
    private static short atMost(short version, short highest) {
        if (version < 0) {
            throw WireException.unknownVersion("ConsumerProtocol", version);
        }
        return (short) Math.min(version, highest);
    }
}
