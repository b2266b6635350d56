package io.millrace.broker.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.Batches;
import io.millrace.broker.testing.BrokerTestBase;
import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.Requests;
import io.millrace.cluster.BrokerInfo;
import io.millrace.cluster.Decision;
import io.millrace.cluster.Endpoint;
import io.millrace.cluster.MetadataRecord.BrokerRegistered;
import io.millrace.cluster.MetadataRecord.PartitionChanged;
import io.millrace.cluster.PartitionState;
import io.millrace.wire.ApiKey;
import io.millrace.wire.BufferRecords;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ApiVersionsRequest;
import io.millrace.wire.message.ApiVersionsResponse;
import io.millrace.wire.message.FetchResponse;
import io.millrace.wire.message.InitProducerIdRequest;
import io.millrace.wire.message.InitProducerIdResponse;
import io.millrace.wire.message.ProduceRequest;
import io.millrace.wire.message.ProduceResponse;
import io.millrace.wire.message.ProduceResponse.PartitionProduceResponse;
import io.millrace.wire.record.Compression;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProduceTest extends BrokerTestBase {

    private static final long NOW = System.currentTimeMillis();
    private static final int ALL = -1;

    @SuppressWarnings("NullAway.Init")
    private RawClient client;

    @BeforeEach
    void connect() throws Exception {
        client = client();
    }

    @Test
    void advertisesProduceFromVersionZeroButTakesItFromVersionThree() throws Exception {
        ApiVersionsResponse.ApiVersion produce =
                client.call(new ApiVersionsRequest(), 0, ApiVersionsResponse.class).apiKeys().stream()
                        .filter(each -> each.apiKey() == ApiKey.PRODUCE.id())
                        .findFirst()
                        .orElseThrow();
        assertThat(produce.minVersion()).isZero();
        assertThat(produce.maxVersion()).isEqualTo((short) 13);

        client.sendBytes(ByteBuffer.allocate(14)
                .putInt(10)
                .putShort(ApiKey.PRODUCE.id())
                .putShort((short) 2)
                .putInt(1)
                .array());

        assertThat(client.isClosedByBroker()).isTrue();
    }

    @Test
    void everyVersionAppendsAndAnswersWithTheOffset() throws Exception {
        UUID id = Requests.createTopic(client, "t", 1, Map.of());
        for (int version = 3; version <= 13; version++) {
            ProduceRequest request = Requests.produce("t", 0, version % 2 == 0 ? 1 : ALL, Batches.of(NOW, "a", "b"));
            request.topicData().get(0).topicId(version >= 13 ? id : new UUID(0, 0));

            PartitionProduceResponse answer = Requests.produceTo(client, version, request);

            assertThat(answer.errorCode()).as("version %d", version).isZero();
            assertThat(answer.baseOffset()).isEqualTo(2L * (version - 3));
            assertThat(answer.logAppendTimeMs()).isEqualTo(-1);
        }
    }

    @Test
    void aTopicIdThatNobodyHasIsAnUnknownTopicId() throws Exception {
        ProduceRequest request = Requests.produce("", 0, ALL, Batches.of(NOW, "a"));
        request.topicData().get(0).topicId(UUID.randomUUID());

        assertError(13, request, ErrorCode.UNKNOWN_TOPIC_ID);
    }

    @Test
    void anUnknownTopicOrPartitionSpoilsOnlyItself() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        ProduceRequest request = Requests.produce("nope", 0, ALL, Batches.of(NOW, "a"));
        request.topicData().add(Requests.topicData("t", 7, Batches.of(NOW, "a")));
        request.topicData().add(Requests.topicData("t", 0, Batches.of(NOW, "a")));

        List<ProduceResponse.TopicProduceResponse> answers =
                client.call(request, 9, ProduceResponse.class).responses();

        assertThat(answers.stream()
                        .map(each -> each.partitionResponses().get(0).errorCode())
                        .toList())
                .containsExactly(
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code(),
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code(),
                        ErrorCode.NONE.code());
    }

    @Test
    void saysWhoLeadsToAClientThatWritesToAnotherBroker() throws Exception {
        UUID id = Requests.createTopic(client, "t", 1, Map.of());
        BrokerInfo other = new BrokerInfo(2, 1, List.of(new Endpoint("PLAINTEXT", "other.example", 1234)), "r2");
        PartitionState moved = new PartitionState(2, 5, 1, List.of(2, 1), List.of(2, 1));
        restartBroker(image ->
                new Decision<>("moved", List.of(new BrokerRegistered(other), new PartitionChanged(id, 0, moved))));
        client = client();

        for (int version : new int[] {9, 10, 13}) {
            ProduceRequest request = Requests.produce("t", 0, ALL, Batches.of(NOW, "a"));
            request.topicData().get(0).topicId(version >= 13 ? id : new UUID(0, 0));
            ProduceResponse response = client.call(request, version, ProduceResponse.class);

            PartitionProduceResponse answer =
                    response.responses().get(0).partitionResponses().get(0);
            assertThat(answer.errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
            assertThat(answer.currentLeader().leaderId()).isEqualTo(version < 10 ? -1 : 2);
            assertThat(answer.currentLeader().leaderEpoch()).isEqualTo(version < 10 ? -1 : 5);
            assertThat(response.nodeEndpoints())
                    .extracting(node -> node.nodeId() + " " + node.host() + ":" + node.port() + " " + node.rack())
                    .isEqualTo(version < 10 ? List.of() : List.of("2 other.example:1234 r2"));
        }
    }

    @Test
    void refusesAcksThatAreNoneOfMinusOneZeroAndOne() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());

        assertError(9, Requests.produce("t", 0, 2, Batches.of(NOW, "a")), ErrorCode.INVALID_REQUIRED_ACKS);
    }

    @Test
    void refusesAcksAllWhenTooFewReplicasCanBeInSync() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of("min.insync.replicas", "2"));

        assertError(9, Requests.produce("t", 0, ALL, Batches.of(NOW, "a")), ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(Requests.produceTo(client, 9, Requests.produce("t", 0, 1, Batches.of(NOW, "a")))
                        .errorCode())
                .isZero();
    }

    @Test
    void withoutAcksNothingIsAnsweredAndTheNextAnswerIsTheNextRequests() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        client.send(Requests.produce("t", 0, 0, Batches.of(NOW, "a")), 9);
        client.send(Requests.produce("t", 0, 0, Batches.of(NOW, "b")), 9);

        PartitionProduceResponse answer =
                Requests.produceTo(client, 9, Requests.produce("t", 0, ALL, Batches.of(NOW, "c")));

        assertThat(answer.baseOffset()).isEqualTo(2);
    }

    @Test
    void aFailureWithoutAcksClosesTheConnection() throws Exception {
        client.send(Requests.produce("nope", 0, 0, Batches.of(NOW, "a")), 9);

        assertThat(client.isClosedByBroker()).isTrue();
    }

    @Test
    void refusesBytesThatAreNoBatchAndGoesOn() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of("max.message.bytes", "1000"));
        ByteBuf badCrc = Batches.of(NOW, "abc");
        badCrc.setByte(badCrc.readableBytes() - 1, 'x');
        ByteBuf two = Unpooled.wrappedBuffer(Batches.of(NOW, "a"), Batches.of(NOW, "b"));
        ByteBuf cut = Batches.of(NOW, "abcdef");

        assertError(9, Requests.produce("t", 0, ALL, badCrc), ErrorCode.CORRUPT_MESSAGE);
        assertError(9, Requests.produce("t", 0, ALL, two), ErrorCode.INVALID_RECORD);
        assertError(9, Requests.produce("t", 0, ALL, cut.slice(0, 65)), ErrorCode.INVALID_RECORD);
        assertError(9, Requests.produce("t", 0, ALL, Unpooled.EMPTY_BUFFER), ErrorCode.INVALID_RECORD);
        assertError(9, Requests.produce("t", 0, ALL, null), ErrorCode.INVALID_RECORD);
        assertError(9, Requests.produce("t", 0, ALL, Batches.of(NOW, "x".repeat(2000))), ErrorCode.MESSAGE_TOO_LARGE);
        assertError(
                3,
                Requests.produce("t", 0, ALL, Batches.compressed(Compression.ZSTD, NOW, "a")),
                ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
        assertThat(Requests.produceTo(client, 9, Requests.produce("t", 0, ALL, Batches.of(NOW, "a")))
                        .baseOffset())
                .isZero();
    }

    @Test
    void aCompactedTopicTellsWhichRecordsLackAKey() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of("cleanup.policy", "compact"));

        PartitionProduceResponse answer =
                Requests.produceTo(client, 9, Requests.produce("t", 0, ALL, Batches.of(NOW, "a", "b")));

        assertThat(answer.errorCode()).isEqualTo(ErrorCode.INVALID_RECORD.code());
        assertThat(answer.recordErrors())
                .extracting(ProduceResponse.BatchIndexAndErrorMessage::batchIndex)
                .containsExactly(0, 1);
        assertThat(answer.errorMessage()).isNotEmpty();
    }

    @Test
    void logAppendTimeIsToldAndStored() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of("message.timestamp.type", "LogAppendTime"));

        PartitionProduceResponse answer =
                Requests.produceTo(client, 9, Requests.produce("t", 0, ALL, Batches.of(17, "a")));

        assertThat(answer.logAppendTimeMs()).isGreaterThanOrEqualTo(NOW);
        assertThat(RecordBatch.maxTimestamp(fetched("t"), 0)).isEqualTo(answer.logAppendTimeMs());
    }

    @Test
    void packsBatchesWithTheCodecOfTheTopic() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of("compression.type", "gzip"));

        PartitionProduceResponse answer = Requests.produceTo(
                client, 9, Requests.produce("t", 0, ALL, Batches.compressed(Compression.LZ4, NOW, "a", "b")));

        assertThat(answer.errorCode()).isZero();
        ByteBuf stored = fetched("t");
        assertThat(RecordBatch.codec(stored, 0)).isEqualTo(Compression.GZIP);
        assertThat(RecordBatch.recordCount(stored, 0)).isEqualTo(2);
    }

    @Test
    void pipelinedRequestsAreAppendedInTheirOrderEvenWhenSomeArePackedAgain() throws Exception {
        Requests.createTopic(client, "plain", 1, Map.of());
        Requests.createTopic(client, "packed", 1, Map.of("compression.type", "zstd"));
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            ProduceRequest request =
                    Requests.produce(i % 3 == 0 ? "packed" : "plain", 0, ALL, Batches.of(NOW, "plain " + i));
            request.topicData().add(Requests.topicData("plain", 0, Batches.of(NOW, "second " + i)));
            ids.add(client.send(request, 9));
        }
        long last = -1;
        for (int id : ids) {
            ProduceResponse response = client.receive(ProduceResponse.class, ApiKey.PRODUCE, 9, id);
            long offset =
                    response.responses().get(1).partitionResponses().get(0).baseOffset();
            assertThat(offset).isGreaterThan(last);
            last = offset;
        }
    }

    @Test
    void aRepeatedBatchOfAnIdempotentProducerIsAppendedOnceAndAGapIsRefused() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        InitProducerIdResponse producer = initProducerId(null);
        long id = producer.producerId();

        PartitionProduceResponse first = idempotent(id, 0, "a");
        PartitionProduceResponse again = idempotent(id, 0, "a");
        PartitionProduceResponse gap = idempotent(id, 5, "b");

        assertThat(first.baseOffset()).isZero();
        assertThat(again.errorCode()).isZero();
        assertThat(again.baseOffset()).isZero();
        assertThat(gap.errorCode()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER.code());
        assertThat(idempotent(id, 1, "c").baseOffset()).isEqualTo(1);
    }

    @Test
    void producerIdsAreNeverHandedOutTwiceAlsoAcrossARestart() throws Exception {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            ids.add(initProducerId(null).producerId());
        }
        restartBroker();
        client = client();
        ids.add(initProducerId(null).producerId());

        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void transactionsAreRefusedInSoManyWords() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());

        assertThat(initProducerId("tx").errorCode()).isEqualTo(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code());
        assertThat(initProducerId("").errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertError(9, Requests.produce("t", 0, ALL, Batches.transactional(7, 0, 0, "a")), ErrorCode.INVALID_TXN_STATE);
        assertError(
                9,
                Requests.produce("t", 0, ALL, Batches.of(NOW, "a")).transactionalId("tx"),
                ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    }

    @Test
    void oneRequestMayFillManyPartitions() throws Exception {
        Requests.createTopic(client, "t", 200, Map.of());
        ProduceRequest request = new ProduceRequest().acks((short) ALL).timeoutMs(1000);
        ProduceRequest.TopicProduceData topic = new ProduceRequest.TopicProduceData().name("t");
        IntStream.range(0, 200)
                .forEach(i -> topic.partitionData()
                        .add(new ProduceRequest.PartitionProduceData()
                                .index(i)
                                .records(new BufferRecords(Batches.of(NOW, "value")))));
        request.topicData().add(topic);

        ProduceResponse response = client.call(request, 9, ProduceResponse.class);

        assertThat(response.responses().get(0).partitionResponses())
                .hasSize(200)
                .allSatisfy(each -> assertThat(each.errorCode()).isZero());
    }

    /** KIP-360: only transactional producers keep their id and get the next epoch from the broker. */
    @Test
    void aProducerThatHadAnIdGetsANewOne() throws Exception {
        InitProducerIdResponse first = initProducerId(null);
        for (int version = 3; version <= 5; version++) {
            InitProducerIdRequest again = new InitProducerIdRequest()
                    .transactionalId(null)
                    .producerId(first.producerId())
                    .producerEpoch(first.producerEpoch());
            InitProducerIdResponse second = client.call(again, version, InitProducerIdResponse.class);

            assertThat(second.errorCode()).isZero();
            assertThat(second.producerId()).isGreaterThan(first.producerId());
            assertThat(second.producerEpoch()).isZero();
        }
    }

    @Test
    void aProducerIdWithoutEpochAndAnEpochWithoutProducerIdAreRefused() throws Exception {
        for (InitProducerIdRequest half : List.of(
                new InitProducerIdRequest().transactionalId(null).producerId(5),
                new InitProducerIdRequest().transactionalId(null).producerEpoch((short) 0))) {
            InitProducerIdResponse answer = client.call(half, 3, InitProducerIdResponse.class);

            assertThat(answer.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
            assertThat(answer.producerId()).isEqualTo(-1);
            assertThat(answer.producerEpoch()).isEqualTo((short) -1);
        }
    }

    /** KIP-360: so an idempotent producer goes on after a loss that it can tell: under the next epoch, from zero. */
    @Test
    void aProducerThatRaisesItsEpochStartsItsSequenceAgainAndFencesItsOldOne() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        long id = initProducerId(null).producerId();
        assertThat(idempotent(id, 0, 0, "a").baseOffset()).isZero();

        assertThat(idempotent(id, 1, 1, "gap").errorCode()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER.code());
        assertThat(idempotent(id, 1, 0, "b").baseOffset()).isEqualTo(1);
        assertThat(idempotent(id, 0, 1, "late").errorCode()).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH.code());
    }

    private PartitionProduceResponse idempotent(long producerId, int sequence, String value) throws Exception {
        return idempotent(producerId, 0, sequence, value);
    }

    private PartitionProduceResponse idempotent(long producerId, int epoch, int sequence, String value)
            throws Exception {
        return Requests.produceTo(
                client, 9, Requests.produce("t", 0, ALL, Batches.idempotent(producerId, epoch, sequence, NOW, value)));
    }

    private InitProducerIdResponse initProducerId(@Nullable String transactionalId) throws Exception {
        InitProducerIdRequest request =
                new InitProducerIdRequest().transactionalId(transactionalId).transactionTimeoutMs(1000);
        return client.call(request, 4, InitProducerIdResponse.class);
    }

    private ByteBuf fetched(String topic) throws Exception {
        FetchResponse response = client.call(Requests.fetch(topic, 0, 0), 12, FetchResponse.class);
        if (Requests.first(response).records() instanceof BufferRecords records) {
            return records.buffer().slice();
        }
        throw new AssertionError(response.toString());
    }

    private void assertError(int version, ProduceRequest request, ErrorCode expected) throws Exception {
        PartitionProduceResponse answer = Requests.produceTo(client, version, request);
        assertThat(ErrorCode.forCode(answer.errorCode())).isEqualTo(expected);
        assertThat(answer.baseOffset()).isEqualTo(-1);
    }
}
