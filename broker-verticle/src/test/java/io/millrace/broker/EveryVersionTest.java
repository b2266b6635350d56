package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.StrictLogs;
import io.millrace.broker.testing.TestBroker;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.BufferRecords;
import io.millrace.wire.message.AlterConfigsRequest;
import io.millrace.wire.message.ApiVersionsRequest;
import io.millrace.wire.message.ApiVersionsResponse;
import io.millrace.wire.message.ConsumerGroupDescribeRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.CreatePartitionsRequest;
import io.millrace.wire.message.CreateTopicsRequest;
import io.millrace.wire.message.DeleteGroupsRequest;
import io.millrace.wire.message.DeleteRecordsRequest;
import io.millrace.wire.message.DeleteTopicsRequest;
import io.millrace.wire.message.DescribeClusterRequest;
import io.millrace.wire.message.DescribeConfigsRequest;
import io.millrace.wire.message.DescribeGroupsRequest;
import io.millrace.wire.message.DescribeLogDirsRequest;
import io.millrace.wire.message.DescribeProducersRequest;
import io.millrace.wire.message.DescribeTopicPartitionsRequest;
import io.millrace.wire.message.FetchRequest;
import io.millrace.wire.message.FindCoordinatorRequest;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.IncrementalAlterConfigsRequest;
import io.millrace.wire.message.InitProducerIdRequest;
import io.millrace.wire.message.JoinGroupRequest;
import io.millrace.wire.message.LeaveGroupRequest;
import io.millrace.wire.message.ListConfigResourcesRequest;
import io.millrace.wire.message.ListGroupsRequest;
import io.millrace.wire.message.ListOffsetsRequest;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataResponse;
import io.millrace.wire.message.OffsetCommitRequest;
import io.millrace.wire.message.OffsetDeleteRequest;
import io.millrace.wire.message.OffsetFetchRequest;
import io.millrace.wire.message.OffsetForLeaderEpochRequest;
import io.millrace.wire.message.ProduceRequest;
import io.millrace.wire.message.SyncGroupRequest;
import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.Vertx;
import io.vertx.junit5.ProvidedBy;
import io.vertx.junit5.VertxExtension;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that advertises a version must answer it: an answer may not hold what an old version cannot carry, and may
 * not lack what a new one needs. So every advertised version of every API is called about a topic that has records.
 */
@ExtendWith({StrictLogs.class, VertxExtension.class})
class EveryVersionTest {

    private static final String TOPIC = "letters";
    private static final String GROUP = "group";
    private static final byte TOPIC_RESOURCE = 2;
    private static final byte SET = 0;
    private static final int PRODUCE_REFUSED_UP_TO = 2;
    private static final int FIRST_BY_TOPIC_ID = 13;
    private static final int FIRST_OFFSET_BY_TOPIC_ID = 10;
    private static final int FIRST_OFFSET_FETCH_OF_MANY = 8;
    private static final int FIRST_SYNC_WITH_PROTOCOL = 5;
    private static final int FIRST_LEAVE_OF_MANY = 3;
    private static final Pattern ERROR_CODE = Pattern.compile("errorCode=(-?\\d+)");
    private static final Pattern THROTTLED = Pattern.compile("throttleTimeMs=(?!0\\b)");

    /** Answers to members that nobody knows, to newcomers, and about a group that is not there: GroupProtocolTest does better. */
    private static final Map<ApiKey, Integer> EXPECTED_ERRORS = Map.of(
            ApiKey.JOIN_GROUP, 79,
            ApiKey.SYNC_GROUP, 25,
            ApiKey.HEARTBEAT, 25,
            ApiKey.LEAVE_GROUP, 25,
            ApiKey.DELETE_GROUPS, 69);

    @SuppressWarnings("NullAway.Init")
    private Vertx vertx;

    @TempDir
    Path data;

    @BeforeEach
    void hold(@ProvidedBy(StrictLogs.StrictVertx.class) Vertx provided) {
        vertx = provided;
    }

    @Test
    void everyAdvertisedVersionIsAnsweredWithoutError() throws Exception {
        try (TestBroker broker = TestBroker.start(vertx, data, Map.of("group.initial.rebalance.delay.ms", "0"));
                RawClient client = broker.raw()) {
            client.call(new FindCoordinatorRequest().key(GROUP), 0, ApiMessage.class);
            BrokerVerticleTest.createTopic(broker, TOPIC, 1);
            BrokerVerticleTest.produce(broker, TOPIC, 0, 10, Map.of());
            UUID topicId = topicId(client);
            List<String> failures = new ArrayList<>();
            int calls = 0;
            for (ApiVersionsResponse.ApiVersion api : advertised(client)) {
                ApiKey key = ApiKey.forId(api.apiKey());
                assertThat(key).as("API %s", api.apiKey()).isNotNull();
                int first = key == ApiKey.PRODUCE ? PRODUCE_REFUSED_UP_TO + 1 : api.minVersion();
                for (int version = first; version <= api.maxVersion(); version++) {
                    calls++;
                    String failure = call(broker, request(key, version, topicId), version);
                    if (failure != null) {
                        failures.add(key + " v" + version + ": " + failure);
                    }
                }
            }
            assertThat(failures).isEmpty();
            assertThat(calls).isGreaterThan(100);
        }
    }

    /** On a connection of its own, since a broker that cannot answer closes it. */
    private static @Nullable String call(TestBroker broker, ApiMessage request, int version) throws Exception {
        ApiKey key = request.apiKey();
        try (RawClient client = broker.raw()) {
            String response = client.call(request, version, ApiMessage.class).toString();
            if (THROTTLED.matcher(response).find()) {
                return response;
            }
            Matcher codes = ERROR_CODE.matcher(response);
            while (codes.find()) {
                int code = Integer.parseInt(codes.group(1));
                if (code != 0 && code != EXPECTED_ERRORS.getOrDefault(key, 0)) {
                    return response;
                }
            }
            return null;
        } catch (EOFException e) {
            return "closed";
        }
    }

    private static List<ApiVersionsResponse.ApiVersion> advertised(RawClient client) throws Exception {
        ApiVersionsRequest request =
                new ApiVersionsRequest().clientSoftwareName("raw").clientSoftwareVersion("1");
        return client.call(request, 3, ApiVersionsResponse.class).apiKeys();
    }

    private static UUID topicId(RawClient client) throws Exception {
        MetadataRequest request =
                new MetadataRequest().topics(List.of(new MetadataRequest.MetadataRequestTopic().name(TOPIC)));
        return client.call(request, 12, MetadataResponse.class).topics().get(0).topicId();
    }

    private static ApiMessage request(ApiKey key, int version, UUID id) {
        return switch (key) {
            case API_VERSIONS ->
                new ApiVersionsRequest().clientSoftwareName("raw").clientSoftwareVersion("1");
            case METADATA ->
                new MetadataRequest().topics(List.of(new MetadataRequest.MetadataRequestTopic().name(TOPIC)));
            case PRODUCE -> produce(version, id);
            case FETCH -> fetch(version, id);
            case LIST_OFFSETS ->
                new ListOffsetsRequest()
                        .replicaId(-1)
                        .topics(List.of(new ListOffsetsRequest.ListOffsetsTopic()
                                .name(TOPIC)
                                .partitions(List.of(new ListOffsetsRequest.ListOffsetsPartition().timestamp(-1)))));
            case OFFSET_FOR_LEADER_EPOCH ->
                new OffsetForLeaderEpochRequest()
                        .replicaId(-1)
                        .topics(new ArrayList<>(List.of(new OffsetForLeaderEpochRequest.OffsetForLeaderTopic()
                                .topic(TOPIC)
                                .partitions(List.of(
                                        new OffsetForLeaderEpochRequest.OffsetForLeaderPartition().leaderEpoch(0))))));
            case DELETE_RECORDS ->
                new DeleteRecordsRequest()
                        .timeoutMs(10_000)
                        .topics(List.of(new DeleteRecordsRequest.DeleteRecordsTopic()
                                .name(TOPIC)
                                .partitions(List.of(new DeleteRecordsRequest.DeleteRecordsPartition().offset(1)))));
            case DESCRIBE_CLUSTER -> new DescribeClusterRequest();
            case DESCRIBE_LOG_DIRS -> new DescribeLogDirsRequest().topics(null);
            case DESCRIBE_PRODUCERS ->
                new DescribeProducersRequest()
                        .topics(List.of(new DescribeProducersRequest.TopicRequest()
                                .name(TOPIC)
                                .partitionIndexes(List.of(0))));
            case DESCRIBE_TOPIC_PARTITIONS ->
                new DescribeTopicPartitionsRequest()
                        .topics(List.of(new DescribeTopicPartitionsRequest.TopicRequest().name(TOPIC)));
            case INIT_PRODUCER_ID -> new InitProducerIdRequest().transactionalId(null);
            case FIND_COORDINATOR ->
                version < 4
                        ? new FindCoordinatorRequest().key(GROUP)
                        : new FindCoordinatorRequest().coordinatorKeys(List.of(GROUP));
            case OFFSET_COMMIT, OFFSET_FETCH, OFFSET_DELETE -> offsetRequest(key, version, id);
            default -> groupRequest(key, version);
        };
    }

    private static ApiMessage offsetRequest(ApiKey key, int version, UUID id) {
        boolean byName = version < FIRST_OFFSET_BY_TOPIC_ID;
        String name = byName ? TOPIC : "";
        UUID topicId = byName ? new UUID(0, 0) : id;
        return switch (key) {
            case OFFSET_COMMIT ->
                new OffsetCommitRequest()
                        .groupId(GROUP)
                        .topics(List.of(new OffsetCommitRequest.OffsetCommitRequestTopic()
                                .name(name)
                                .topicId(topicId)
                                .partitions(List.of(
                                        new OffsetCommitRequest.OffsetCommitRequestPartition().committedOffset(1)))));
            case OFFSET_FETCH ->
                version < FIRST_OFFSET_FETCH_OF_MANY
                        ? new OffsetFetchRequest()
                                .groupId(GROUP)
                                .topics(List.of(new OffsetFetchRequest.OffsetFetchRequestTopic()
                                        .name(TOPIC)
                                        .partitionIndexes(List.of(0))))
                        : new OffsetFetchRequest()
                                .groups(List.of(new OffsetFetchRequest.OffsetFetchRequestGroup()
                                        .groupId(GROUP)
                                        .topics(List.of(new OffsetFetchRequest.OffsetFetchRequestTopics()
                                                .name(name)
                                                .topicId(topicId)
                                                .partitionIndexes(List.of(0))))));
            default ->
                new OffsetDeleteRequest()
                        .groupId(GROUP)
                        .topics(new ArrayList<>(List.of(new OffsetDeleteRequest.OffsetDeleteRequestTopic()
                                .name(TOPIC)
                                .partitions(List.of(new OffsetDeleteRequest.OffsetDeleteRequestPartition())))));
        };
    }

    private static ApiMessage groupRequest(ApiKey key, int version) {
        return switch (key) {
            case JOIN_GROUP ->
                new JoinGroupRequest()
                        .groupId("joined-" + version)
                        .protocolType("consumer")
                        .sessionTimeoutMs(10_000)
                        .rebalanceTimeoutMs(10_000)
                        .protocols(new ArrayList<>(List.of(new JoinGroupRequest.JoinGroupRequestProtocol()
                                .name("range")
                                .metadata(Unpooled.EMPTY_BUFFER))));
            case SYNC_GROUP ->
                new SyncGroupRequest()
                        .groupId(GROUP)
                        .memberId("nobody")
                        .protocolType(version < FIRST_SYNC_WITH_PROTOCOL ? null : "consumer")
                        .protocolName(version < FIRST_SYNC_WITH_PROTOCOL ? null : "range");
            case HEARTBEAT -> new HeartbeatRequest().groupId(GROUP).memberId("nobody");
            case LEAVE_GROUP ->
                version < FIRST_LEAVE_OF_MANY
                        ? new LeaveGroupRequest().groupId(GROUP).memberId("nobody")
                        : new LeaveGroupRequest()
                                .groupId(GROUP)
                                .members(List.of(new LeaveGroupRequest.MemberIdentity().memberId("nobody")));
            case DESCRIBE_GROUPS -> new DescribeGroupsRequest().groups(List.of(GROUP));
            case LIST_GROUPS -> new ListGroupsRequest();
            case CONSUMER_GROUP_HEARTBEAT ->
                new ConsumerGroupHeartbeatRequest()
                        .groupId("beating-" + version)
                        .memberId("member")
                        .rebalanceTimeoutMs(10_000)
                        .subscribedTopicNames(List.of(TOPIC))
                        .topicPartitions(List.of());
            case CONSUMER_GROUP_DESCRIBE -> new ConsumerGroupDescribeRequest().groupIds(List.of("beating-" + version));
            case DELETE_GROUPS -> new DeleteGroupsRequest().groupsNames(List.of("not there"));
            default -> topicRequest(key, version);
        };
    }

    private static ApiMessage topicRequest(ApiKey key, int version) {
        return switch (key) {
            case CREATE_TOPICS ->
                new CreateTopicsRequest()
                        .timeoutMs(10_000)
                        .topics(new ArrayList<>(List.of(new CreateTopicsRequest.CreatableTopic()
                                .name("created-" + version)
                                .numPartitions(1)
                                .replicationFactor((short) 1))));
            case DELETE_TOPICS -> deleteTopics(version);
            case CREATE_PARTITIONS ->
                new CreatePartitionsRequest()
                        .timeoutMs(10_000)
                        .topics(new ArrayList<>(List.of(new CreatePartitionsRequest.CreatePartitionsTopic()
                                .name(TOPIC)
                                .count(version + 2)
                                .assignments(null))));
            default -> configRequest(key);
        };
    }

    private static ApiMessage configRequest(ApiKey key) {
        return switch (key) {
            case DESCRIBE_CONFIGS ->
                new DescribeConfigsRequest()
                        .includeSynonyms(true)
                        .resources(List.of(new DescribeConfigsRequest.DescribeConfigsResource()
                                .resourceType(TOPIC_RESOURCE)
                                .resourceName(TOPIC)
                                .configurationKeys(null)));
            case ALTER_CONFIGS ->
                new AlterConfigsRequest()
                        .resources(new ArrayList<>(List.of(new AlterConfigsRequest.AlterConfigsResource()
                                .resourceType(TOPIC_RESOURCE)
                                .resourceName(TOPIC)
                                .configs(new ArrayList<>(List.of(new AlterConfigsRequest.AlterableConfig()
                                        .name("retention.ms")
                                        .value("-1")))))));
            case INCREMENTAL_ALTER_CONFIGS ->
                new IncrementalAlterConfigsRequest()
                        .resources(new ArrayList<>(List.of(new IncrementalAlterConfigsRequest.AlterConfigsResource()
                                .resourceType(TOPIC_RESOURCE)
                                .resourceName(TOPIC)
                                .configs(new ArrayList<>(List.of(new IncrementalAlterConfigsRequest.AlterableConfig()
                                        .name("segment.bytes")
                                        .configOperation(SET)
                                        .value("1048576")))))));
            case LIST_CONFIG_RESOURCES -> new ListConfigResourcesRequest();
            default -> throw new AssertionError("no request for " + key + ": add one");
        };
    }

    private static ProduceRequest produce(int version, UUID id) {
        try (RecordBatchBuilder batch = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            batch.append(System.currentTimeMillis(), null, "value".getBytes(StandardCharsets.UTF_8));
            ProduceRequest.TopicProduceData topic = new ProduceRequest.TopicProduceData()
                    .partitionData(List.of(
                            new ProduceRequest.PartitionProduceData().records(new BufferRecords(batch.build()))));
            return new ProduceRequest()
                    .acks((short) -1)
                    .timeoutMs(10_000)
                    .topicData(new ArrayList<>(
                            List.of(version < FIRST_BY_TOPIC_ID ? topic.name(TOPIC) : topic.topicId(id))));
        }
    }

    private static FetchRequest fetch(int version, UUID id) {
        FetchRequest.FetchTopic topic = new FetchRequest.FetchTopic()
                .partitions(
                        List.of(new FetchRequest.FetchPartition().fetchOffset(3).partitionMaxBytes(1 << 20)));
        return new FetchRequest()
                .maxWaitMs(1)
                .minBytes(1)
                .maxBytes(1 << 20)
                .topics(List.of(version < FIRST_BY_TOPIC_ID ? topic.topic(TOPIC) : topic.topicId(id)));
    }

    /** Of what CreateTopics made: it has at least as many versions. */
    private static DeleteTopicsRequest deleteTopics(int version) {
        String name = "created-" + (version + 1);
        return version < 6
                ? new DeleteTopicsRequest().timeoutMs(10_000).topicNames(List.of(name))
                : new DeleteTopicsRequest()
                        .timeoutMs(10_000)
                        .topics(Arrays.asList(new DeleteTopicsRequest.DeleteTopicState().name(name)));
    }
}
