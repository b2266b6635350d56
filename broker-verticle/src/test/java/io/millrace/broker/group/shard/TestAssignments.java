package io.millrace.broker.group.shard;

import io.millrace.wire.WireLimits;
import io.millrace.wire.WireReader;
import io.millrace.wire.message.ConsumerProtocolAssignment;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** Partitions of the topic of {@link TestMember}, as consumers of the classic protocol write them. */
final class TestAssignments {

    private TestAssignments() {}

    static ByteBuf bytes(Collection<Integer> partitions) {
        ByteBuf bytes = Unpooled.buffer().writeShort(1).writeInt(1).writeShort(TestMember.TOPIC.length());
        bytes.writeCharSequence(TestMember.TOPIC, StandardCharsets.UTF_8);
        bytes.writeInt(partitions.size());
        partitions.forEach(bytes::writeInt);
        return bytes.writeInt(-1);
    }

    static Set<Integer> partitions(ByteBuf bytes) {
        Set<Integer> partitions = new TreeSet<>();
        if (bytes.isReadable()) {
            WireReader in = new WireReader(bytes, WireLimits.DEFAULT);
            new ConsumerProtocolAssignment(in, in.readShort())
                    .assignedPartitions()
                    .forEach(each -> partitions.addAll(each.partitions()));
        }
        return partitions;
    }
}
