package io.millrace.perf.heavy;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;
import org.jspecify.annotations.Nullable;

/** A member of the next-generation protocol (KIP-848): it says at once that it has done what it was told. */
final class ConsumerMember extends GroupMember {
    private static final short VERSION = 1;
    private static final int LEAVING = -1;

    private final String topic;
    private final String id = Uuid.randomUuid().toString();
    private int epoch;
    private int partitions;

    ConsumerMember(String group, String topic) {
        super(group);
        this.topic = topic;
    }

    @Override
    int intervalMs() {
        return 5_000;
    }

    @Override
    AbstractRequest join() {
        return request(beat().setRebalanceTimeoutMs(REBALANCE_MS)
                .setSubscribedTopicNames(List.of(topic))
                .setTopicPartitions(List.of()));
    }

    @Override
    AbstractRequest heartbeat() {
        return request(beat());
    }

    @Override
    AbstractRequest leave() {
        return request(beat().setMemberEpoch(LEAVING));
    }

    private ConsumerGroupHeartbeatRequestData beat() {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group())
                .setMemberId(id)
                .setMemberEpoch(epoch);
    }

    private static AbstractRequest request(ConsumerGroupHeartbeatRequestData data) {
        return new ConsumerGroupHeartbeatRequest.Builder(data).build(VERSION);
    }

    @Override
    @Nullable
    AbstractRequest onAnswer(AbstractResponse answer) {
        ConsumerGroupHeartbeatResponseData data = ((ConsumerGroupHeartbeatResponse) answer).data();
        check("heartbeat", data.errorCode());
        epoch = data.memberEpoch();
        if (data.assignment() == null) {
            return null;
        }
        List<TopicPartitions> owned = data.assignment().topicPartitions().stream()
                .map(each -> new TopicPartitions().setTopicId(each.topicId()).setPartitions(each.partitions()))
                .toList();
        partitions = owned.stream().mapToInt(each -> each.partitions().size()).sum();
        return request(beat().setTopicPartitions(owned));
    }

    @Override
    int epoch() {
        return epoch > 0 ? epoch : -1;
    }

    @Override
    int partitions() {
        return partitions;
    }
}
