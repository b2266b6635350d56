package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.testing.BrokerTestBase;
import io.millrace.broker.testing.RawClient;
import io.millrace.cluster.election.TopicNames;
import io.millrace.wire.ApiKey;
import io.millrace.wire.BufferRecords;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.FindCoordinatorRequest;
import io.millrace.wire.message.FindCoordinatorResponse;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.HeartbeatResponse;
import io.millrace.wire.message.JoinGroupRequest;
import io.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.LeaveGroupRequest;
import io.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import io.millrace.wire.message.LeaveGroupResponse;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataResponse;
import io.millrace.wire.message.OffsetCommitRequest;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.millrace.wire.message.OffsetCommitResponse;
import io.millrace.wire.message.OffsetFetchRequest;
import io.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import io.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.millrace.wire.message.OffsetFetchResponse;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.millrace.wire.message.ProduceRequest;
import io.millrace.wire.message.ProduceResponse;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.millrace.wire.message.SyncGroupResponse;
import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The APIs of groups in every version, and what clients are told that ask for the wrong thing. */
class GroupProtocolTest extends BrokerTestBase {

    private static final String TOPIC = "letters";
    private UUID topicId = new UUID(0, 0);

    @Override
    protected Map<String, String> settings() {
        return Map.of(
                "group.initial.rebalance.delay.ms", "0",
                "offsets.topic.num.partitions", "3",
                "queued.max.request.bytes", "4194304");
    }

    @BeforeEach
    void createTopic() throws Exception {
        MetadataRequest request = new MetadataRequest()
                .allowAutoTopicCreation(true)
                .topics(List.of(new MetadataRequest.MetadataRequestTopic().name(TOPIC)));
        topicId = client().call(request, 12, MetadataResponse.class)
                .topics()
                .get(0)
                .topicId();
    }

    /** A whole life of a member, spoken in versions from the oldest to the newest. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aMemberLivesInEveryVersion(int level) throws Exception {
        findCoordinator();
        RawClient client = client();
        String group = "g" + level;
        JoinGroupResponse joined = join(client, group, "", level);
        if (joined.errorCode() == ErrorCode.MEMBER_ID_REQUIRED.code()) {
            assertThat(level).isGreaterThanOrEqualTo(4);
            joined = join(client, group, joined.memberId(), level);
        }
        assertThat(joined.errorCode()).isZero();
        assertThat(joined.members()).hasSize(1);
        String member = joined.memberId();

        int syncVersion = at(ApiKey.SYNC_GROUP, level);
        SyncGroupResponse synced = client.call(
                new SyncGroupRequest()
                        .groupId(group)
                        .memberId(member)
                        .generationId(1)
                        .protocolType(syncVersion < 5 ? null : "consumer")
                        .protocolName(syncVersion < 5 ? null : "range")
                        .assignments(List.of(new SyncGroupRequestAssignment()
                                .memberId(member)
                                .assignment(Unpooled.copiedBuffer("mine", StandardCharsets.UTF_8)))),
                syncVersion,
                SyncGroupResponse.class);
        assertThat(synced.errorCode()).isZero();
        assertThat(synced.assignment().toString(StandardCharsets.UTF_8)).isEqualTo("mine");
        assertThat(heartbeat(client, group, member, level)).isEqualTo(ErrorCode.NONE);

        commitAndFetch(client, group, member, level);
        leave(client, group, member, level);
        assertThat(heartbeat(client, group, member, level)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    /** The offsets topic takes no more than {@code max.message.bytes}. */
    @Test
    void whatCouldNeverBeWrittenIsRefusedAtOnce() throws Exception {
        findCoordinator();
        RawClient client = client();
        byte[] tooLong = new byte[1_100_000];

        JoinGroupResponse joined = client.call(
                new JoinGroupRequest()
                        .groupId("g")
                        .protocolType("consumer")
                        .sessionTimeoutMs(10_000)
                        .protocols(new ArrayList<>(List.of(new JoinGroupRequestProtocol()
                                .name("range")
                                .metadata(Unpooled.wrappedBuffer(tooLong))))),
                9,
                JoinGroupResponse.class);
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

    private static JoinGroupResponse join(RawClient client, String group, String member, int level) throws Exception {
        return client.call(
                new JoinGroupRequest()
                        .groupId(group)
                        .memberId(member)
                        .protocolType("consumer")
                        .sessionTimeoutMs(10_000)
                        .rebalanceTimeoutMs(20_000)
                        .protocols(new ArrayList<>(List.of(
                                new JoinGroupRequestProtocol().name("range").metadata(Unpooled.EMPTY_BUFFER)))),
                at(ApiKey.JOIN_GROUP, level),
                JoinGroupResponse.class);
    }

    private static ErrorCode heartbeat(RawClient client, String group, String member, int level) throws Exception {
        HeartbeatRequest request =
                new HeartbeatRequest().groupId(group).memberId(member).generationId(1);
        return ErrorCode.forCode(client.call(request, at(ApiKey.HEARTBEAT, level), HeartbeatResponse.class)
                .errorCode());
    }

    private void commitAndFetch(RawClient client, String group, String member, int level) throws Exception {
        int commitVersion = at(ApiKey.OFFSET_COMMIT, level);
        OffsetCommitResponse committed = client.call(
                new OffsetCommitRequest()
                        .groupId(group)
                        .memberId(member)
                        .generationIdOrMemberEpoch(1)
                        .topics(List.of(new OffsetCommitRequestTopic()
                                .name(commitVersion < 10 ? TOPIC : "")
                                .topicId(commitVersion < 10 ? new UUID(0, 0) : topicId)
                                .partitions(List.of(new OffsetCommitRequestPartition()
                                        .committedOffset(42)
                                        .committedMetadata("note"))))),
                commitVersion,
                OffsetCommitResponse.class);
        assertThat(committed.topics().get(0).partitions().get(0).errorCode()).isZero();

        int fetchVersion = at(ApiKey.OFFSET_FETCH, level);
        if (fetchVersion < 8) {
            OffsetFetchResponse fetched = client.call(
                    new OffsetFetchRequest()
                            .groupId(group)
                            .topics(List.of(
                                    new OffsetFetchRequestTopic().name(TOPIC).partitionIndexes(List.of(0)))),
                    fetchVersion,
                    OffsetFetchResponse.class);
            assertThat(fetched.topics().get(0).partitions().get(0).committedOffset())
                    .isEqualTo(42);
            assertThat(fetched.topics().get(0).partitions().get(0).metadata()).isEqualTo("note");
        } else {
            OffsetFetchResponse fetched = client.call(
                    new OffsetFetchRequest().groups(List.of(fetchGroup(group, fetchVersion), fetchAll("nobody's"))),
                    fetchVersion,
                    OffsetFetchResponse.class);
            var topic = fetched.groups().get(0).topics().get(0);
            assertThat(topic.partitions().get(0).committedOffset()).isEqualTo(42);
            assertThat(topic.topicId()).isEqualTo(fetchVersion < 10 ? new UUID(0, 0) : topicId);
            assertThat(fetched.groups().get(1).topics()).isEmpty();
        }
    }

    private OffsetFetchRequestGroup fetchGroup(String group, int version) {
        return new OffsetFetchRequestGroup()
                .groupId(group)
                .topics(List.of(new OffsetFetchRequestTopics()
                        .name(version < 10 ? TOPIC : "")
                        .topicId(version < 10 ? new UUID(0, 0) : topicId)
                        .partitionIndexes(List.of(0))));
    }

    private static OffsetFetchRequestGroup fetchAll(String group) {
        return new OffsetFetchRequestGroup().groupId(group).topics(null);
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

    private static int at(ApiKey key, int level) {
        return Math.max(key.minVersion(), Math.min(level, key.maxVersion()));
    }

    @Test
    void nobodyIsToldThatNothingWasCommittedBeforeThatIsKnown() throws Exception {
        OffsetFetchResponse response =
                client().call(new OffsetFetchRequest().groups(List.of(fetchAll("g"))), 9, OffsetFetchResponse.class);

        assertThat(response.groups().get(0).errorCode())
                .as("the topic is not there yet")
                .isEqualTo(ErrorCode.NOT_COORDINATOR.code());
    }

    @Test
    void anOldClientHearsOfAMissingCoordinatorForEachPartition() throws Exception {
        OffsetFetchResponse response = client().call(
                        new OffsetFetchRequest()
                                .groupId("g")
                                .topics(List.of(new OffsetFetchRequestTopic()
                                        .name(TOPIC)
                                        .partitionIndexes(List.of(0)))),
                        1,
                        OffsetFetchResponse.class);

        assertThat(response.topics().get(0).partitions().get(0).errorCode())
                .isEqualTo(ErrorCode.NOT_COORDINATOR.code());
    }

    @Test
    void requestsThatCannotBeMeantAreRefused() throws Exception {
        findCoordinator();
        RawClient client = client();
        assertThat(join(client, "", "", 9).errorCode()).isEqualTo(ErrorCode.INVALID_GROUP_ID.code());
        JoinGroupRequest hasty = new JoinGroupRequest()
                .groupId("g")
                .protocolType("consumer")
                .sessionTimeoutMs(5_999)
                .protocols(new ArrayList<>());
        assertThat(client.call(hasty, 9, JoinGroupResponse.class).errorCode())
                .isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT.code());
        assertThat(heartbeat(client, "", "m", 4)).isEqualTo(ErrorCode.INVALID_GROUP_ID);
        SyncGroupRequest vague = new SyncGroupRequest().groupId("g").memberId("m");
        assertThat(client.call(vague, 5, SyncGroupResponse.class).errorCode())
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL.code());
    }

    @Test
    void offsetsOfPartitionsThatDoNotExistAreNotKept() throws Exception {
        findCoordinator();
        OffsetCommitRequest request = new OffsetCommitRequest()
                .groupId("g")
                .topics(List.of(topic(TOPIC, 0), topic(TOPIC, 7), topic("nowhere", 0)));

        OffsetCommitResponse response = client().call(request, 9, OffsetCommitResponse.class);

        assertThat(response.topics())
                .extracting(each -> each.partitions().get(0).errorCode())
                .containsExactly(
                        ErrorCode.NONE.code(),
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code(),
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        OffsetFetchResponse fetched =
                client().call(new OffsetFetchRequest().groups(List.of(fetchAll("g"))), 9, OffsetFetchResponse.class);
        assertThat(fetched.groups().get(0).topics()).hasSize(1);
    }

    /** It would be told apart from no other of its length. */
    @Test
    void aGroupWhoseNameIsNoTextHarmsNoOther() throws Exception {
        findCoordinator();
        byte[] bytes = RawClient.frame(commitOf("~".repeat(11_000)), (short) 9, 7);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == '~' ? (byte) 0xff : bytes[i];
        }
        RawClient hostile = client();

        hostile.sendBytes(bytes);

        assertThatThrownBy(() -> hostile.receive(OffsetCommitResponse.class, ApiKey.OFFSET_COMMIT, 9, 7))
                .isInstanceOf(EOFException.class);
        RawClient client = client();
        for (String group : List.of("a", "b", "c")) { // in all three partitions
            assertThat(error(client.call(commitOf(group), 9, OffsetCommitResponse.class)))
                    .isEqualTo(ErrorCode.NONE);
        }
    }

    private static OffsetCommitRequest commitOf(String group) {
        return new OffsetCommitRequest().groupId(group).topics(List.of(topic(TOPIC, 0)));
    }

    private static ErrorCode error(OffsetCommitResponse response) {
        return ErrorCode.forCode(response.topics().get(0).partitions().get(0).errorCode());
    }

    private static OffsetCommitRequestTopic topic(String name, int partition) {
        return new OffsetCommitRequestTopic()
                .name(name)
                .partitions(List.of(new OffsetCommitRequestPartition()
                        .partitionIndex(partition)
                        .committedOffset(1)));
    }

    /** More than the loader reads at once, sent without waiting for answers. */
    @Test
    void manyCommitsInARowAreAllThereAfterARestart() throws Exception {
        findCoordinator();
        RawClient client = client();
        String metadata = "m".repeat(4_000);
        List<Integer> sent = new ArrayList<>();
        for (int i = 1; i <= 600; i++) {
            OffsetCommitRequestPartition commit =
                    new OffsetCommitRequestPartition().committedOffset(i).committedMetadata(metadata);
            sent.add(client.send(
                    new OffsetCommitRequest()
                            .groupId("g")
                            .topics(List.of(
                                    new OffsetCommitRequestTopic().name(TOPIC).partitions(List.of(commit)))),
                    9));
            if (sent.size() == 50) {
                receiveCommits(client, sent);
            }
        }
        restartBroker();

        var partition = fetchOnceLoaded("g").topics().get(0).partitions().get(0);

        assertThat(partition.committedOffset()).isEqualTo(600);
        assertThat(partition.metadata()).isEqualTo(metadata);
    }

    /** A broker that has just started says that it does not know yet, and nothing else. */
    private OffsetFetchResponseGroup fetchOnceLoaded(String group) throws Exception {
        RawClient client = client();
        OffsetFetchRequest request = new OffsetFetchRequest().groups(List.of(fetchAll(group)));
        OffsetFetchResponseGroup answer =
                client.call(request, 9, OffsetFetchResponse.class).groups().get(0);
        while (answer.errorCode() == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS.code()) {
            answer = client.call(request, 9, OffsetFetchResponse.class).groups().get(0);
        }
        assertThat(answer.errorCode()).isZero();
        return answer;
    }

    private static void receiveCommits(RawClient client, List<Integer> sent) throws Exception {
        for (int each : sent) {
            OffsetCommitResponse response = client.receive(OffsetCommitResponse.class, ApiKey.OFFSET_COMMIT, 9, each);
            assertThat(response.topics().get(0).partitions().get(0).errorCode()).isZero();
        }
        sent.clear();
    }

    @Test
    void aTopicIdThatNobodyKnowsIsToldApart() throws Exception {
        findCoordinator();
        UUID unknown = new UUID(9, 9);
        OffsetCommitResponse committed = client().call(
                        new OffsetCommitRequest()
                                .groupId("g")
                                .topics(List.of(new OffsetCommitRequestTopic()
                                        .topicId(unknown)
                                        .partitions(List.of(new OffsetCommitRequestPartition().committedOffset(1))))),
                        10,
                        OffsetCommitResponse.class);
        OffsetFetchResponse fetched = client().call(
                        new OffsetFetchRequest()
                                .groups(List.of(new OffsetFetchRequestGroup()
                                        .groupId("g")
                                        .topics(List.of(new OffsetFetchRequestTopics()
                                                .topicId(unknown)
                                                .partitionIndexes(List.of(0)))))),
                        10,
                        OffsetFetchResponse.class);

        assertThat(committed.topics().get(0).partitions().get(0).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
        assertThat(fetched.groups().get(0).topics().get(0).partitions().get(0).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
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
        JoinGroupRequest joining = new JoinGroupRequest()
                .groupId("g")
                .protocolType("consumer")
                .sessionTimeoutMs(10_000)
                .rebalanceTimeoutMs(20_000)
                .protocols(new ArrayList<>(
                        List.of(new JoinGroupRequestProtocol().name("range").metadata(Unpooled.EMPTY_BUFFER))));
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
            each.send(largeJoin(), 3);
            waiting.add(each);
        }

        assertThat(heartbeat(client(), "g", "nobody", 3)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(waiting.get(7).isSilentFor(100)).isTrue();
        assertThat(heartbeat(client(), "g", "nobody", 3)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    private static JoinGroupRequest largeJoin() {
        return new JoinGroupRequest()
                .groupId("g")
                .protocolType("consumer")
                .sessionTimeoutMs(10_000)
                .rebalanceTimeoutMs(20_000)
                .protocols(new ArrayList<>(List.of(new JoinGroupRequestProtocol()
                        .name("range")
                        .metadata(Unpooled.wrappedBuffer(new byte[1 << 20])))));
    }

    @Test
    void aStopAnswersThoseWhoWait() throws Exception {
        findCoordinator();
        String leader = join(client(), "g", "", 3).memberId();
        assertThat(leader).isNotEmpty();
        RawClient second = client();
        int join = second.send(
                new JoinGroupRequest()
                        .groupId("g")
                        .protocolType("consumer")
                        .sessionTimeoutMs(10_000)
                        .rebalanceTimeoutMs(20_000)
                        .protocols(new ArrayList<>(List.of(
                                new JoinGroupRequestProtocol().name("range").metadata(Unpooled.EMPTY_BUFFER)))),
                3);
        assertThat(second.isSilentFor(200)).isTrue();

        restartBroker();

        assertThat(second.receive(JoinGroupResponse.class, ApiKey.JOIN_GROUP, 3, join)
                        .errorCode())
                .isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE.code());
    }

    private void findCoordinator() throws Exception {
        FindCoordinatorResponse response =
                client().call(new FindCoordinatorRequest().key("g"), 3, FindCoordinatorResponse.class);
        assertThat(response.errorCode()).isZero();
        assertThat(response.port()).isEqualTo(broker().port());
    }
}
