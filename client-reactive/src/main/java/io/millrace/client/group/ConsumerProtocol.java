package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import io.millrace.wire.WireException;
import io.millrace.wire.WireFrame;
import io.millrace.wire.WireLimits;
import io.millrace.wire.WireMessage;
import io.millrace.wire.WireReader;
import io.millrace.wire.WireWriter;
import io.millrace.wire.message.ConsumerProtocolAssignment;
import io.millrace.wire.message.ConsumerProtocolSubscription;
import io.millrace.wire.message.JoinGroupResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What members of the classic protocol tell each other, in bytes that brokers hand on: a version, and a message of Kafka's. */
final class ConsumerProtocol {
    /** The type of protocol whose bytes these are. */
    static final String TYPE = "consumer";

    private ConsumerProtocol() {}

    /** @param owned what the member still has; nothing with an assignor that is not cooperative */
    static ByteBuf subscription(
            Set<String> topics,
            @Nullable ByteBuf userData,
            Set<TopicPartition> owned,
            int generation,
            @Nullable String rackId) {
        List<ConsumerProtocolSubscription.TopicPartition> list = new ArrayList<>();
        StickyUserData.byTopic(owned)
                .forEach((topic, partitions) -> list.add(new ConsumerProtocolSubscription.TopicPartition()
                        .topic(topic)
                        .partitions(partitions)));
        ConsumerProtocolSubscription subscription = new ConsumerProtocolSubscription()
                .topics(List.copyOf(new TreeSet<>(topics)))
                .userData(userData)
                .ownedPartitions(list)
                .generationId(generation)
                .rackId(rackId);
        return bytes(subscription, ConsumerProtocolSubscription.HIGHEST_SUPPORTED_VERSION);
    }

    /**
     * A member, as the leader is told of it.
     *
     * @throws WireException if its bytes are no subscription
     */
    static GroupMember member(JoinGroupResponse.JoinGroupResponseMember member, PartitionAssignor assignor) {
        WireReader in = new WireReader(member.metadata().duplicate(), WireLimits.DEFAULT);
        ConsumerProtocolSubscription subscription = new ConsumerProtocolSubscription(
                in, atMost(in.readShort(), ConsumerProtocolSubscription.HIGHEST_SUPPORTED_VERSION));
        Set<TopicPartition> owned = new HashSet<>();
        subscription.ownedPartitions().forEach(each -> add(owned, each.topic(), each.partitions()));
        GroupMember plain = new GroupMember(
                member.memberId(),
                member.groupInstanceId(),
                new HashSet<>(subscription.topics()),
                owned,
                subscription.generationId());
        return assignor.withUserData(plain, subscription.userData());
    }

    static ByteBuf assignment(Set<TopicPartition> partitions) {
        List<ConsumerProtocolAssignment.TopicPartition> list = new ArrayList<>();
        StickyUserData.byTopic(partitions)
                .forEach((topic, each) -> list.add(new ConsumerProtocolAssignment.TopicPartition()
                        .topic(topic)
                        .partitions(each)));
        ConsumerProtocolAssignment assignment =
                new ConsumerProtocolAssignment().assignedPartitions(list).userData(null);
        return bytes(assignment, ConsumerProtocolAssignment.HIGHEST_SUPPORTED_VERSION);
    }

    /**
     * @param bytes empty if nothing is assigned
     * @throws WireException if they are no assignment
     */
    static Set<TopicPartition> readAssignment(ByteBuf bytes) {
        Set<TopicPartition> partitions = new TreeSet<>();
        if (bytes.isReadable()) {
            WireReader in = new WireReader(bytes.duplicate(), WireLimits.DEFAULT);
            ConsumerProtocolAssignment assignment = new ConsumerProtocolAssignment(
                    in, atMost(in.readShort(), ConsumerProtocolAssignment.HIGHEST_SUPPORTED_VERSION));
            assignment.assignedPartitions().forEach(each -> add(partitions, each.topic(), each.partitions()));
        }
        return partitions;
    }

    private static void add(Set<TopicPartition> partitions, String topic, List<Integer> numbers) {
        for (int each : numbers) {
            if (each < 0) {
                throw new WireException("partition " + each + " of " + topic + " in what another member has sent");
            }
            partitions.add(new TopicPartition(topic, each));
        }
    }

    /** Later versions begin as the last that we know. */
    private static short atMost(short version, short highest) {
        if (version < 0) {
            throw WireException.unknownVersion("ConsumerProtocol", version);
        }
        return (short) Math.min(version, highest);
    }

    private static ByteBuf bytes(WireMessage message, short version) {
        WireWriter out = new WireWriter(UnpooledByteBufAllocator.DEFAULT);
        try {
            out.writeShort(version);
            message.write(out, version);
        } catch (WireException e) {
            out.release();
            throw e;
        }
        WireFrame frame = out.finish();
        try {
            // Behind the length, which every frame has in front.
            ByteBuf framed = (ByteBuf) frame.parts().get(0);
            return Unpooled.copiedBuffer(framed.skipBytes(Integer.BYTES));
        } finally {
            frame.release();
        }
    }
}
