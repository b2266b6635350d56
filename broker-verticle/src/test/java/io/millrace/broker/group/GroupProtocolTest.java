package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.testing.RawClient;
import io.millrace.cluster.election.TopicNames;
import io.millrace.wire.ApiKey;
import io.millrace.wire.BufferRecords;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.HeartbeatResponse;
import io.millrace.wire.message.JoinGroupRequest;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.LeaveGroupRequest;
import io.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import io.millrace.wire.message.LeaveGroupResponse;
import io.millrace.wire.message.ProduceRequest;
import io.millrace.wire.message.ProduceResponse;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.millrace.wire.message.SyncGroupResponse;
import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The APIs of groups but those of offsets, in every version, and what clients are told that ask for the wrong thing. */
class GroupProtocolTest extends GroupProtocolTestBase {

    /** A whole life of a member, spoken in versions from the oldest to the newest. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aMemberLivesInEveryVersion(int level) throws Exception {
        findCoordinator();
        RawClient client = client();

        String member = enter(client, "g", level);
        assertThat(heartbeat(client, "g", member, level)).isEqualTo(ErrorCode.NONE);
        leave(client, "g", member, level);
        assertThat(heartbeat(client, "g", member, level)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    /** The offsets topic takes no more than {@code max.message.bytes}. */
    @Test
    void whatCouldNeverBeWrittenIsRefusedAtOnce() throws Exception {
        findCoordinator();
        RawClient client = client();
        byte[] tooLong = new byte[1_100_000];

        JoinGroupResponse joined = client.call(joinRequest("g", tooLong), 9, JoinGroupResponse.class);
        SyncGroupResponse synced = client.call(
                new SyncGroupRequest()
                        .groupId("g")
                        .memberId("m")
                        .protocolType("consumer")
                        .protocolName("range")
                        .assignments(List.of(new SyncGroupRequestAssignment()
                                .memberId("m")
                                .assignment(Unpooled.wrappedBuffer(tooLong)))),
                5,
                SyncGroupResponse.class);

        assertThat(joined.errorCode()).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR.code());
        assertThat(synced.errorCode()).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR.code());
    }

    private static ErrorCode heartbeat(RawClient client, String group, String member, int level) throws Exception {
        HeartbeatRequest request =
                new HeartbeatRequest().groupId(group).memberId(member).generationId(1);
        return ErrorCode.forCode(client.call(request, at(ApiKey.HEARTBEAT, level), HeartbeatResponse.class)
                .errorCode());
    }

    private static void leave(RawClient client, String group, String member, int level) throws Exception {
        int version = at(ApiKey.LEAVE_GROUP, level);
        LeaveGroupRequest request = new LeaveGroupRequest().groupId(group);
        LeaveGroupResponse left = client.call(
                version < 3
                        ? request.memberId(member)
                        : request.members(List.of(new MemberIdentity().memberId(member))),
                version,
                LeaveGroupResponse.class);
        assertThat(left.errorCode()).isZero();
        assertThat(left.members()).hasSize(version < 3 ? 0 : 1);
    }

    @Test
    void requestsThatCannotBeMeantAreRefused() throws Exception {
        findCoordinator();
        RawClient client = client();
        assertThat(join(client, "", "", 9).errorCode()).isEqualTo(ErrorCode.INVALID_GROUP_ID.code());
        JoinGroupRequest hasty = joinRequest("g", new byte[0]).sessionTimeoutMs(5_999);
        assertThat(client.call(hasty, 9, JoinGroupResponse.class).errorCode())
                .isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT.code());
        assertThat(heartbeat(client, "", "m", 4)).isEqualTo(ErrorCode.INVALID_GROUP_ID);
        SyncGroupRequest vague = new SyncGroupRequest().groupId("g").memberId("m");
        assertThat(client.call(vague, 5, SyncGroupResponse.class).errorCode())
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL.code());
    }

    @Test
    void nobodyElseWritesWhereTheGroupsAreKept() throws Exception {
        findCoordinator();
        try (RecordBatchBuilder batch = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            batch.append(1, new byte[] {0, 2}, new byte[] {0});
            ProduceRequest request = new ProduceRequest()
                    .acks((short) -1)
                    .timeoutMs(1_000)
                    .topicData(new ArrayList<>(List.of(new ProduceRequest.TopicProduceData()
                            .name(TopicNames.CONSUMER_OFFSETS)
                            .partitionData(List.of(new ProduceRequest.PartitionProduceData()
                                    .records(new BufferRecords(batch.build())))))));

            ProduceResponse response = client().call(request, 9, ProduceResponse.class);

            assertThat(response.responses().get(0).partitionResponses().get(0).errorCode())
                    .isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
        }
    }

    @Test
    void aJoinThatWaitsIsAnsweredWhenItsMemberLeavesByTheSameConnection() throws Exception {
        findCoordinator();
        RawClient first = client();
        String leader = join(first, "g", "", 3).memberId();
        RawClient second = client();
        JoinGroupRequest joining = joinRequest("g", new byte[0]);
        JoinGroupResponse invited = second.call(joining, 4, JoinGroupResponse.class);
        int join = second.send(joining.memberId(invited.memberId()), 4);
        int leave = second.send(
                new LeaveGroupRequest()
                        .groupId("g")
                        .members(List.of(new MemberIdentity().memberId(invited.memberId()))),
                3);

        JoinGroupResponse joined = second.receive(JoinGroupResponse.class, ApiKey.JOIN_GROUP, 4, join);
        LeaveGroupResponse left = second.receive(LeaveGroupResponse.class, ApiKey.LEAVE_GROUP, 3, leave);

        assertThat(joined.errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID.code());
        assertThat(left.members().get(0).errorCode()).isZero();
        assertThat(heartbeat(first, "g", leader, 3)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    /** They wait for each other, and would fill the memory for requests if they held theirs. */
    @Test
    void largeJoinsThatWaitLeaveRoomForOthers() throws Exception {
        findCoordinator();
        join(client(), "g", "", 3);
        List<RawClient> waiting = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            RawClient each = client();
            each.send(joinRequest("g", new byte[1 << 20]), 3);
            waiting.add(each);
        }

        assertThat(heartbeat(client(), "g", "nobody", 3)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(waiting.get(7).isSilentFor(100)).isTrue();
        assertThat(heartbeat(client(), "g", "nobody", 3)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aStopAnswersThoseWhoWait() throws Exception {
        findCoordinator();
        String leader = join(client(), "g", "", 3).memberId();
        assertThat(leader).isNotEmpty();
        RawClient second = client();
        int join = second.send(joinRequest("g", new byte[0]), 3);
        assertThat(second.isSilentFor(200)).isTrue();

        restartBroker();

        assertThat(second.receive(JoinGroupResponse.class, ApiKey.JOIN_GROUP, 3, join)
                        .errorCode())
                .isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE.code());
    }
}
