package io.millrace.broker.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.Requests;
import io.millrace.broker.testing.TestBroker;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import io.millrace.wire.message.FindCoordinatorRequest;
import io.millrace.wire.message.FindCoordinatorResponse;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.HeartbeatResponse;
import io.millrace.wire.message.JoinGroupRequest;
import io.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.OffsetCommitRequest;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.millrace.wire.message.OffsetCommitResponse;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.millrace.wire.message.SyncGroupResponse;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The only member of a group, which only says that it is there, or commits. On the thread of the test. */
final class GroupWorkload implements AutoCloseable {

    private static final String CLASSIC = "classic";
    private static final String CONSUMER = "consumer";
    private static final String TOPIC = "many";
    private static final int PARTITIONS = 100;
    private static final int SESSION_MS = 60_000;

    /** The last in which a client becomes a member with its first request. */
    private static final int JOIN_VERSION = 3;

    private static final int SYNC_VERSION = 4;
    private static final int HEARTBEAT_VERSION = 4;
    private static final int CONSUMER_HEARTBEAT_VERSION = 1;
    private static final int COMMIT_VERSION = 10;

    private final RawClient client;
    private final UUID topicId;
    private final String member;
    private final String consumer = UUID.randomUUID().toString();
    private int consumerEpoch;
    private long offset;

    GroupWorkload(TestBroker broker) throws IOException {
        client = broker.raw();
        topicId = Requests.createTopic(client, TOPIC, PARTITIONS, Map.of());
        // Creates the topic of the groups.
        FindCoordinatorResponse coordinator =
                client.call(new FindCoordinatorRequest().key(CLASSIC), 3, FindCoordinatorResponse.class);
        assertThat(coordinator.errorCode()).isZero();
        member = joinClassic();
        joinConsumer();
    }

    private String joinClassic() throws IOException {
        JoinGroupResponse joined = client.call(
                new JoinGroupRequest()
                        .groupId(CLASSIC)
                        .protocolType("consumer")
                        .sessionTimeoutMs(SESSION_MS)
                        .rebalanceTimeoutMs(SESSION_MS)
                        .protocols(new ArrayList<>(List.of(
                                new JoinGroupRequestProtocol().name("range").metadata(Unpooled.EMPTY_BUFFER)))),
                JOIN_VERSION,
                JoinGroupResponse.class);
        assertThat(joined.errorCode()).isZero();
        SyncGroupResponse synced = client.call(
                new SyncGroupRequest()
                        .groupId(CLASSIC)
                        .memberId(joined.memberId())
                        .generationId(joined.generationId())
                        .assignments(List.of(new SyncGroupRequestAssignment()
                                .memberId(joined.memberId())
                                .assignment(Unpooled.EMPTY_BUFFER))),
                SYNC_VERSION,
                SyncGroupResponse.class);
        assertThat(synced.errorCode()).isZero();
        return joined.memberId();
    }

    private void joinConsumer() throws IOException {
        ConsumerGroupHeartbeatResponse joined = beat(staying()
                .rebalanceTimeoutMs(SESSION_MS)
                .subscribedTopicNames(List.of(TOPIC))
                .topicPartitions(List.of()));
        var assigned = joined.assignment();
        assertThat(assigned).isNotNull();
        consumerEpoch = joined.memberEpoch();
        beat(staying()
                .topicPartitions(List.of(new ConsumerGroupHeartbeatRequest.TopicPartitions()
                        .topicId(topicId)
                        .partitions(assigned.topicPartitions().get(0).partitions()))));
    }

    void heartbeat() throws IOException {
        HeartbeatResponse answer = client.call(
                new HeartbeatRequest().groupId(CLASSIC).memberId(member).generationId(1),
                HEARTBEAT_VERSION,
                HeartbeatResponse.class);
        assertThat(answer.errorCode()).isZero();
    }

    /** Nothing is said but that it is there. */
    void consumerHeartbeat() throws IOException {
        beat(staying());
    }

    private ConsumerGroupHeartbeatRequest staying() {
        return new ConsumerGroupHeartbeatRequest()
                .groupId(CONSUMER)
                .memberId(consumer)
                .memberEpoch(consumerEpoch)
                .rebalanceTimeoutMs(-1)
                .subscribedTopicNames(null)
                .topicPartitions(null);
    }

    private ConsumerGroupHeartbeatResponse beat(ConsumerGroupHeartbeatRequest request) throws IOException {
        ConsumerGroupHeartbeatResponse answer =
                client.call(request, CONSUMER_HEARTBEAT_VERSION, ConsumerGroupHeartbeatResponse.class);
        assertThat(answer.errorCode()).as(answer.errorMessage()).isZero();
        return answer;
    }

    /** What a member has read of so many partitions. */
    void commit(int partitions) throws IOException {
        OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic().topicId(topicId);
        for (int i = 0; i < partitions; i++) {
            topic.partitions()
                    .add(new OffsetCommitRequestPartition()
                            .partitionIndex(i)
                            .committedOffset(offset)
                            .committedMetadata(""));
        }
        offset++;
        OffsetCommitResponse answer = client.call(
                new OffsetCommitRequest()
                        .groupId(CLASSIC)
                        .memberId(member)
                        .generationIdOrMemberEpoch(1)
                        .topics(List.of(topic)),
                COMMIT_VERSION,
                OffsetCommitResponse.class);
        assertThat(answer.topics().get(0).partitions()).hasSize(partitions).allMatch(each -> each.errorCode() == 0);
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
