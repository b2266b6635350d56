package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.internals.AbstractPartitionAssignor;
import org.jspecify.annotations.Nullable;

/** The same groups and values for Kafka's classes. */
final class KafkaTwin {

    private KafkaTwin() {}

    /** Asks one of Kafka's assignors, which is to be a new one: they remember. */
    static Map<String, Set<TopicPartition>> assign(
            AbstractPartitionAssignor kafka, Map<String, Integer> partitionCounts, List<GroupMember> members) {
        Map<String, Subscription> subscriptions = new TreeMap<>();
        for (GroupMember each : members) {
            Subscription subscription = new Subscription(
                    List.copyOf(new TreeSet<>(each.topics())),
                    kafka instanceof CooperativeStickyAssignor
                            ? null
                            : nio(Assignors.STICKY.userData(each.owned(), each.generation())),
                    partitions(each.owned()),
                    each.generation(),
                    Optional.empty());
            subscription.setGroupInstanceId(Optional.ofNullable(each.instanceId()));
            subscriptions.put(each.memberId(), subscription);
        }
        Map<String, Set<TopicPartition>> assignment = new TreeMap<>();
        kafka.assign(new HashMap<>(partitionCounts), subscriptions)
                .forEach((id, partitions) -> assignment.put(id, ours(partitions)));
        return assignment;
    }

    static List<org.apache.kafka.common.TopicPartition> partitions(Set<TopicPartition> partitions) {
        return new TreeSet<>(partitions)
                .stream()
                        .map(each -> new org.apache.kafka.common.TopicPartition(each.topic(), each.partition()))
                        .toList();
    }

    static Set<TopicPartition> ours(Iterable<org.apache.kafka.common.TopicPartition> partitions) {
        Set<TopicPartition> ours = new TreeSet<>();
        partitions.forEach(each -> ours.add(new TopicPartition(each.topic(), each.partition())));
        return ours;
    }

    static @Nullable ByteBuffer nio(@Nullable ByteBuf bytes) {
        return bytes == null ? null : bytes.nioBuffer();
    }

    static ByteBuf netty(ByteBuffer bytes) {
        return Unpooled.wrappedBuffer(bytes);
    }
}
