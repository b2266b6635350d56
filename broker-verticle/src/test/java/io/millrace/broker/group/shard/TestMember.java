package io.millrace.broker.group.shard;

import io.millrace.broker.group.classic.JoinAttempt;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.HeartbeatResponse;
import io.millrace.wire.message.JoinGroupRequest;
import io.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import io.millrace.wire.message.LeaveGroupResponse;
import io.millrace.wire.message.OffsetCommitRequest;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.millrace.wire.message.SyncGroupResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client of a group, as Kafka's are, but for doing nothing by itself. */
final class TestMember {

    static final String TOPIC = "letters";
    static final UUID TOPIC_ID = new UUID(1, 2);
    private static final short NEWEST = 9;
    private static int count;

    private final ShardFixture fixture;
    private final String group;
    private final String name = "c" + ++count;
    private final List<JoinGroupRequestProtocol> protocols = new ArrayList<>();
    private short version = NEWEST;
    private String protocolType = "consumer";
    private @Nullable String instanceId;
    private int sessionTimeoutMs = 10_000;
    private int rebalanceTimeoutMs = 60_000;
    private Consumer<JoinGroupResponse> listener = response -> {};
    String memberId = "";
    int generation = -1;
    String leader = "";

    TestMember(ShardFixture fixture, String group) {
        this.fixture = fixture;
        this.group = group;
        protocol("range", TOPIC);
    }

    TestMember version(int newVersion) {
        version = (short) newVersion;
        return this;
    }

    TestMember instance(String id) {
        instanceId = id;
        return this;
    }

    TestMember protocolType(String type) {
        protocolType = type;
        return this;
    }

    TestMember timeouts(int sessionMs, int rebalanceMs) {
        sessionTimeoutMs = sessionMs;
        rebalanceTimeoutMs = rebalanceMs;
        return this;
    }

    /** @param heard every answer to a JoinGroup */
    TestMember listener(Consumer<JoinGroupResponse> heard) {
        listener = heard;
        return this;
    }

    TestMember noProtocols() {
        protocols.clear();
        return this;
    }

    /** Adds a way of assigning, with a subscription to topics as consumers write it. */
    TestMember protocol(String protocol, String... topics) {
        ByteBuf metadata = Unpooled.buffer().writeShort(1).writeInt(topics.length);
        for (String each : topics) {
            metadata.writeShort(each.length()).writeCharSequence(each, StandardCharsets.UTF_8);
        }
        metadata.writeInt(-1).writeInt(0);
        protocols.add(new JoinGroupRequestProtocol().name(protocol).metadata(metadata));
        return this;
    }

    // ---- requests

    Answer<JoinGroupResponse> join() {
        Answer<JoinGroupResponse> answer = new Answer<>();
        JoinGroupRequest request = new JoinGroupRequest()
                .groupId(group)
                .memberId(memberId)
                .groupInstanceId(instanceId)
                .protocolType(protocolType)
                .protocols(protocols)
                .sessionTimeoutMs(sessionTimeoutMs)
                .rebalanceTimeoutMs(rebalanceTimeoutMs);
        fixture.submit(new JoinGroup(
                group,
                JoinAttempt.of(
                        request, version, name, "/here", UUID.randomUUID().toString(), response -> {
                            answer.accept(response);
                            onJoined(response);
                            listener.accept(response);
                        })));
        return answer;
    }

    private void onJoined(JoinGroupResponse response) {
        ErrorCode error = ErrorCode.forCode(response.errorCode());
        if (error == ErrorCode.NONE || error == ErrorCode.MEMBER_ID_REQUIRED) {
            memberId = response.memberId();
            generation = response.generationId();
            leader = response.leader();
        }
    }

    /** Joins as a client does that is asked to come again with its new id. */
    Answer<JoinGroupResponse> joinTwice() {
        Answer<JoinGroupResponse> first = join();
        boolean again = !first.isWaiting() && first.get().errorCode() == ErrorCode.MEMBER_ID_REQUIRED.code();
        return again ? join() : first;
    }

    boolean leads() {
        return memberId.equals(leader);
    }

    Answer<SyncGroupResponse> sync(TestMember... assigned) {
        Answer<SyncGroupResponse> answer = new Answer<>();
        List<SyncGroupRequestAssignment> assignments = new ArrayList<>();
        for (TestMember each : assigned) {
            assignments.add(new SyncGroupRequestAssignment()
                    .memberId(each.memberId)
                    .assignment(Unpooled.copiedBuffer("for " + each.memberId, StandardCharsets.UTF_8)));
        }
        fixture.submit(new SyncGroup(syncRequest().assignments(assignments), answer));
        return answer;
    }

    SyncGroupRequest syncRequest() {
        return new SyncGroupRequest()
                .groupId(group)
                .memberId(memberId)
                .groupInstanceId(instanceId)
                .generationId(generation)
                .protocolType(protocolType)
                .protocolName(protocols.isEmpty() ? null : protocols.get(0).name());
    }

    Answer<SyncGroupResponse> sync(SyncGroupRequest request) {
        Answer<SyncGroupResponse> answer = new Answer<>();
        fixture.submit(new SyncGroup(request, answer));
        return answer;
    }

    ErrorCode heartbeat() {
        return fixture.beats(heartbeatRequest()) ? ErrorCode.NONE : heartbeatInTheGroup();
    }

    /** Of which the group hears in any case. */
    ErrorCode heartbeatInTheGroup() {
        Answer<HeartbeatResponse> answer = new Answer<>();
        fixture.submit(new Heartbeat(heartbeatRequest(), answer));
        return ErrorCode.forCode(answer.get().errorCode());
    }

    HeartbeatRequest heartbeatRequest() {
        return new HeartbeatRequest()
                .groupId(group)
                .memberId(memberId)
                .groupInstanceId(instanceId)
                .generationId(generation);
    }

    Answer<LeaveGroupResponse> leave() {
        return leave(new MemberIdentity().memberId(memberId).groupInstanceId(instanceId));
    }

    Answer<LeaveGroupResponse> leave(MemberIdentity... identities) {
        Answer<LeaveGroupResponse> answer = new Answer<>();
        fixture.submit(new LeaveGroup(group, List.of(identities), answer));
        return answer;
    }

    Answer<ErrorCode> commit(int partition, long offset) {
        return commit(partition, offset, "");
    }

    Answer<ErrorCode> commit(int partition, long offset, String metadata) {
        return commit(NEWEST, new OffsetCommitRequest(), partition, offset, metadata);
    }

    /** @param then hears the answer when it comes */
    void commit(int partition, long offset, String metadata, Consumer<ErrorCode> then) {
        commit(NEWEST, new OffsetCommitRequest(), partition, offset, metadata, then);
    }

    /** @param request settings beyond who commits what */
    Answer<ErrorCode> commit(
            int requestVersion, OffsetCommitRequest request, int partition, long offset, String metadata) {
        Answer<ErrorCode> answer = new Answer<>();
        commit(requestVersion, request, partition, offset, metadata, answer);
        return answer;
    }

    private void commit(
            int requestVersion,
            OffsetCommitRequest request,
            int partition,
            long offset,
            String metadata,
            Consumer<ErrorCode> answer) {
        OffsetCommitResponsePartition result = new OffsetCommitResponsePartition();
        OffsetCommitRequestPartition commit = new OffsetCommitRequestPartition()
                .partitionIndex(partition)
                .committedOffset(offset)
                .committedLeaderEpoch(3)
                .committedMetadata(metadata);
        fixture.submit(new CommitOffsets(
                request.groupId(group)
                        .memberId(memberId)
                        .groupInstanceId(instanceId)
                        .generationIdOrMemberEpoch(generation),
                (short) requestVersion,
                List.of(new CommitOffsets.Item(TOPIC, TOPIC_ID, commit, result)),
                ShardFixture.SETTINGS.offsetMetadataMax(),
                () -> answer.accept(ErrorCode.forCode(result.errorCode()))));
    }

    @Override
    public String toString() {
        return name + " " + memberId;
    }
}
