package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a member says that it has. It may say anything, so its numbers are compared with what there is and nothing is made of
 * them.
 */
record Reported(List<ConsumerGroupHeartbeatRequest.TopicPartitions> topics) {

    /** Null if nothing has changed since the last heartbeat. */
    static @Nullable Reported of(ConsumerGroupHeartbeatRequest request) {
        List<ConsumerGroupHeartbeatRequest.TopicPartitions> topics = request.topicPartitions();
        return topics == null ? null : new Reported(topics);
    }

    boolean isEmpty() {
        return topics.isEmpty();
    }

    /** Whether it has some of these. */
    boolean hasSomeOf(TopicPartitions partitions) {
        return topics.stream()
                .anyMatch(topic ->
                        topic.partitions().stream().anyMatch(each -> partitions.contains(topic.topicId(), each)));
    }

    /** Whether it has no others than these. */
    boolean hasOnly(TopicPartitions partitions) {
        return topics.stream()
                .allMatch(topic ->
                        topic.partitions().stream().allMatch(each -> partitions.contains(topic.topicId(), each)));
    }
}
