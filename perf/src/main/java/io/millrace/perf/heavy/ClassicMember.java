package io.millrace.perf.heavy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.jspecify.annotations.Nullable;

/** A member of the classic protocol: if it leads, it gives each member neighbouring partitions. */
final class ClassicMember extends GroupMember {
    /** The last in which a client becomes a member with its first request. */
    private static final short JOIN_VERSION = 3;

    private static final short VERSION = 3;

    private final GroupTopic topic;
    private JoinGroupResponseData joined = new JoinGroupResponseData();
    private boolean isStable;
    private int partitions;

    ClassicMember(String group, GroupTopic topic) {
        super(group);
        this.topic = topic;
    }

    @Override
    int intervalMs() {
        return 3_000;
    }

    @Override
    AbstractRequest join() {
        isStable = false;
        ByteBuffer subscription = ConsumerProtocol.serializeSubscription(new Subscription(List.of(topic.name())));
        JoinGroupRequestProtocol protocol =
                new JoinGroupRequestProtocol().setName("range").setMetadata(bytes(subscription));
        return new JoinGroupRequest.Builder(new JoinGroupRequestData()
                        .setGroupId(group())
                        .setMemberId(joined.memberId())
                        .setProtocolType("consumer")
                        .setSessionTimeoutMs(SESSION_MS)
                        .setRebalanceTimeoutMs(REBALANCE_MS)
                        .setProtocols(new JoinGroupRequestProtocolCollection(
                                List.of(protocol).iterator())))
                .build(JOIN_VERSION);
    }

    @Override
    AbstractRequest heartbeat() {
        return new HeartbeatRequest.Builder(new HeartbeatRequestData()
                        .setGroupId(group())
                        .setMemberId(joined.memberId())
                        .setGenerationId(joined.generationId()))
                .build(VERSION);
    }

    @Override
    AbstractRequest leave() {
        return new LeaveGroupRequest.Builder(group(), List.of(new MemberIdentity().setMemberId(joined.memberId())))
                .build(VERSION);
    }

    @Override
    @Nullable
    AbstractRequest onAnswer(AbstractResponse answer) {
        if (answer instanceof JoinGroupResponse join) {
            check("join", join.data().errorCode());
            joined = join.data();
            return sync();
        }
        if (answer instanceof SyncGroupResponse sync) {
            return onSynced(sync.data());
        }
        if (answer instanceof HeartbeatResponse heartbeat) {
            return rejoinOrCheck("heartbeat", heartbeat.data().errorCode());
        }
        throw new IllegalStateException("not a request of a member: " + answer.apiKey());
    }

    private @Nullable AbstractRequest onSynced(SyncGroupResponseData sync) {
        AbstractRequest rejoin = rejoinOrCheck("sync", sync.errorCode());
        if (rejoin == null) {
            Assignment assignment = ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(sync.assignment()));
            partitions = assignment.partitions().size();
            isStable = true;
        }
        return rejoin;
    }

    private @Nullable AbstractRequest rejoinOrCheck(String what, short error) {
        if (error == Errors.REBALANCE_IN_PROGRESS.code()) {
            return join();
        }
        check(what, error);
        return null;
    }

    private AbstractRequest sync() {
        return new SyncGroupRequest.Builder(new SyncGroupRequestData()
                        .setGroupId(group())
                        .setMemberId(joined.memberId())
                        .setGenerationId(joined.generationId())
                        .setAssignments(assignments()))
                .build(VERSION);
    }

    /** Only the leader has been told the members. */
    private List<SyncGroupRequestAssignment> assignments() {
        List<SyncGroupRequestAssignment> all = new ArrayList<>();
        int members = joined.members().size();
        for (int i = 0; i < members; i++) {
            List<TopicPartition> share = IntStream.range(
                            i * topic.partitions() / members, (i + 1) * topic.partitions() / members)
                    .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                    .toList();
            all.add(new SyncGroupRequestAssignment()
                    .setMemberId(joined.members().get(i).memberId())
                    .setAssignment(bytes(ConsumerProtocol.serializeAssignment(new Assignment(share)))));
        }
        return all;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Override
    int epoch() {
        return isStable ? joined.generationId() : -1;
    }

    @Override
    int partitions() {
        return partitions;
    }
}
