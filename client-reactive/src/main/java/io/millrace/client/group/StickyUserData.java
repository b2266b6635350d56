package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What members with a sticky assignor tell the leader, in the bytes of Kafka's assignors: {@code sticky} its last
 * assignment and the generation of that, {@code cooperative-sticky} only the generation. Older members of the first
 * leave the generation out. Whatever cannot be read counts as nothing: it costs some moves, and must not stop the group.
 */
final class StickyUserData {

    private StickyUserData() {}

    static ByteBuf generation(int generation) {
        return Unpooled.buffer(Integer.BYTES).writeInt(generation);
    }

    static ByteBuf assignment(Set<TopicPartition> assigned, int generation) {
        Map<String, List<Integer>> byTopic = byTopic(assigned);
        ByteBuf out = Unpooled.buffer();
        out.writeInt(byTopic.size());
        byTopic.forEach((topic, partitions) -> {
            out.writeShort(ByteBufUtil.utf8Bytes(topic));
            ByteBufUtil.writeUtf8(out, topic);
            out.writeInt(partitions.size());
            partitions.forEach(out::writeInt);
        });
        return out.writeInt(generation);
    }

    static int readGeneration(ByteBuf userData) {
        return userData.readableBytes() < Integer.BYTES
                ? GroupMember.NO_GENERATION
                : userData.getInt(userData.readerIndex());
    }

    static GroupMember readAssignment(GroupMember member, @Nullable ByteBuf userData) {
        if (userData == null) {
            return member.owning(Set.of(), GroupMember.NO_GENERATION);
        }
        try {
            ByteBuf in = userData.duplicate();
            Set<TopicPartition> owned = new HashSet<>();
            for (int topics = in.readInt(); topics > 0; topics--) {
                String topic = in.readCharSequence(in.readShort(), StandardCharsets.UTF_8)
                        .toString();
                for (int partitions = in.readInt(); partitions > 0; partitions--) {
                    owned.add(new TopicPartition(topic, in.readInt()));
                }
            }
            int generation = in.readableBytes() < Integer.BYTES ? GroupMember.NO_GENERATION : in.readInt();
            return member.owning(owned, generation);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            return member.owning(Set.of(), GroupMember.NO_GENERATION);
        }
    }

    /** The partitions of each topic, all in their order. */
    static Map<String, List<Integer>> byTopic(Set<TopicPartition> partitions) {
        Map<String, Set<Integer>> sorted = new TreeMap<>();
        for (TopicPartition each : partitions) {
            sorted.computeIfAbsent(each.topic(), topic -> new TreeSet<>()).add(each.partition());
        }
        Map<String, List<Integer>> lists = new TreeMap<>();
        sorted.forEach((topic, each) -> lists.put(topic, List.copyOf(each)));
        return lists;
    }
}
