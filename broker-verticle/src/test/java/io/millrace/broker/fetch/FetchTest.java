package io.millrace.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerInsight;
import io.millrace.broker.partition.Partition;
import io.millrace.broker.storage.Batches;
import io.millrace.broker.testing.BrokerTestBase;
import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.Requests;
import io.millrace.cluster.election.TopicNames;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DeleteTopicsRequest;
import io.millrace.wire.message.DeleteTopicsResponse;
import io.millrace.wire.message.FetchRequest;
import io.millrace.wire.message.FetchResponse;
import io.millrace.wire.message.FetchResponse.PartitionData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FetchTest extends BrokerTestBase {

    private static final long NOW = System.currentTimeMillis();

    @SuppressWarnings("NullAway.Init")
    private RawClient client;

    @BeforeEach
    void connect() throws Exception {
        client = client();
    }

    @Test
    void everyVersionReadsWhatWasProduced() throws Exception {
        UUID id = Requests.createTopic(client, "t", 1, Map.of());
        produce("t", 0, "hello");
        for (int version = 4; version <= 18; version++) {
            FetchRequest request = Requests.fetch("t", 0, 0);
            if (version >= 13) {
                request.topics().get(0).topicId(id);
            }
            PartitionData answer = Requests.first(fetch(version, request));

            assertThat(answer.errorCode()).as("version %d", version).isZero();
            assertThat(answer.highWatermark()).isEqualTo(1);
            assertThat(answer.lastStableOffset()).isEqualTo(1);
            assertThat(Requests.bytes(answer)).isGreaterThan(60);
        }
    }

    @Test
    void readsFromTheMiddleOfTheLogUpToItsEnd() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        for (int i = 0; i < 10; i++) {
            produce("t", 0, "value");
        }
        int all = Requests.bytes(Requests.first(fetch(12, Requests.fetch("t", 0, 0))));

        assertThat(Requests.bytes(Requests.first(fetch(12, Requests.fetch("t", 0, 7)))))
                .isEqualTo(all / 10 * 3);
        assertThat(Requests.bytes(Requests.first(fetch(12, Requests.fetch("t", 0, 10)))))
                .isZero();
    }

    @Test
    void answersFromMemoryInPiecesThatASlowClientTakesInTime() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        for (int i = 0; i < 6; i++) {
            produce("t", 0, "x".repeat(1_000_000));
        }
        FetchRequest large = Requests.fetch("t", 0, 0);
        large.topics().get(0).partitions().get(0).partitionMaxBytes(50 << 20);
        FetchRequest atLeast = Requests.fetch("t", 0, 0).minBytes(5_000_000).maxWaitMs(20_000);
        atLeast.topics().get(0).partitions().get(0).partitionMaxBytes(50 << 20);

        assertThat(Requests.bytes(Requests.first(fetch(12, large)))).isEqualTo(4 << 20);
        assertThat(Requests.bytes(Requests.first(fetch(12, atLeast)))).isGreaterThanOrEqualTo(5_000_000);
    }

    @Test
    void offsetsOutsideOfTheLogAreOutOfRange() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        produce("t", 0, "value");

        for (long offset : new long[] {-5, 2, Long.MAX_VALUE}) {
            PartitionData answer = Requests.first(fetch(12, Requests.fetch("t", 0, offset)));
            assertThat(answer.errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
            assertThat(answer.highWatermark()).isEqualTo(-1);
        }
    }

    @Test
    void unknownTopicsArePartitionErrorsAndUnknownIdsAreToldAsSuch() throws Exception {
        FetchRequest byId = Requests.fetch("", 0, 0);
        byId.topics().get(0).topicId(UUID.randomUUID());
        Requests.createTopic(client, "t", 1, Map.of());

        assertThat(Requests.first(fetch(12, Requests.fetch("nope", 0, 0))).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(Requests.first(fetch(12, Requests.fetch("t", 3, 0))).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(Requests.first(fetch(13, byId)).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void checksTheLeaderEpochAndSaysWhoLeads() throws Exception {
        UUID id = Requests.createTopic(client, "t", 1, Map.of());
        FetchRequest ahead = Requests.fetch("t", 0, 0);
        ahead.topics().get(0).partitions().get(0).currentLeaderEpoch(7);
        FetchRequest behind = Requests.fetch("t", 0, 0);
        behind.topics().get(0).topicId(id).partitions().get(0).currentLeaderEpoch(-2);

        assertThat(Requests.first(fetch(12, ahead)).errorCode()).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH.code());
        FetchResponse fenced = fetch(16, behind);

        assertThat(Requests.first(fenced).errorCode()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH.code());
        assertThat(Requests.first(fenced).currentLeader().leaderEpoch()).isZero();
        assertThat(fenced.nodeEndpoints()).hasSize(1);
        assertThat(fenced.nodeEndpoints().get(0).port()).isEqualTo(broker().port());
    }

    @Test
    void tellsWhereALogDivergedToAClientThatSaysItsLastEpoch() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        produce("t", 0, "value");
        FetchRequest request = Requests.fetch("t", 0, 1);
        request.topics().get(0).partitions().get(0).lastFetchedEpoch(0);
        assertThat(Requests.first(fetch(12, request)).divergingEpoch().epoch()).isEqualTo(-1);

        request.topics().get(0).partitions().get(0).fetchOffset(5);
        PartitionData answer = Requests.first(fetch(12, request));

        assertThat(answer.divergingEpoch().epoch()).isZero();
        assertThat(answer.divergingEpoch().endOffset()).isEqualTo(1);
    }

    @Test
    void theFirstBatchComesWholeEvenIfItIsLargerThanAllLimits() throws Exception {
        Requests.createTopic(client, "t", 2, Map.of());
        produce("t", 0, "x".repeat(5_000));
        produce("t", 1, "x".repeat(5_000));
        FetchRequest request = Requests.fetch("t", 0, 0).maxBytes(100);
        request.topics().add(Requests.fetchTopic("t", 1, 0));
        request.topics().forEach(topic -> topic.partitions().get(0).partitionMaxBytes(50));

        List<PartitionData> answers = Requests.answers(fetch(12, request));

        assertThat(Requests.bytes(answers.get(0))).isGreaterThan(5_000);
        assertThat(Requests.bytes(answers.get(1))).as("only the first").isZero();
        assertThat(answers.get(1).highWatermark()).isEqualTo(1);
    }

    @Test
    void neitherThePartitionsLimitNorTheResponsesIsPassed() throws Exception {
        Requests.createTopic(client, "t", 3, Map.of());
        for (int partition = 0; partition < 3; partition++) {
            for (int i = 0; i < 20; i++) {
                produce("t", partition, "x".repeat(500));
            }
        }
        FetchRequest request = Requests.fetch("t", 0, 0).maxBytes(7_000);
        request.topics().get(0).partitions().get(0).partitionMaxBytes(3_000);
        request.topics().add(Requests.fetchTopic("t", 1, 0));
        request.topics().add(Requests.fetchTopic("t", 2, 0));

        List<PartitionData> answers = Requests.answers(fetch(12, request));

        assertThat(Requests.bytes(answers.get(0))).isBetween(1, 3_000);
        assertThat(Requests.bytes(answers.get(1))).isBetween(1, 7_000);
        assertThat(answers.stream().mapToInt(Requests::bytes).sum()).isLessThanOrEqualTo(7_000);
    }

    @Test
    void aLongPollIsAnsweredWhenRecordsArrive() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        int id = client.send(Requests.fetch("t", 0, 0).maxWaitMs(20_000), 12);
        assertThat(client.isSilentFor(100)).isTrue();
        long before = System.nanoTime();

        produceFrom(client(), "t", 0, "news");
        FetchResponse response = client.receive(FetchResponse.class, ApiKey.FETCH, 12, id);

        assertThat(Requests.bytes(Requests.first(response))).isPositive();
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - before)).isLessThan(10);
    }

    @Test
    void aLongPollEndsEmptyWhenItsTimeIsOver() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        long before = System.nanoTime();

        FetchResponse response = fetch(12, Requests.fetch("t", 0, 0).maxWaitMs(200));

        assertThat(Requests.bytes(Requests.first(response))).isZero();
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before)).isGreaterThanOrEqualTo(200);
    }

    @Test
    void aLongPollWaitsForMinBytes() throws Exception {
        Requests.createTopic(client, "t", 2, Map.of());
        FetchRequest request = Requests.fetch("t", 0, 0).maxWaitMs(20_000).minBytes(2_000);
        request.topics().add(Requests.fetchTopic("t", 1, 0));
        int id = client.send(request, 12);
        RawClient producer = client();
        produceFrom(producer, "t", 0, "x".repeat(1_000));
        assertThat(client.isSilentFor(100)).isTrue();

        produceFrom(producer, "t", 1, "x".repeat(1_000));

        FetchResponse response = client.receive(FetchResponse.class, ApiKey.FETCH, 12, id);
        assertThat(Requests.answers(response).stream().mapToInt(Requests::bytes).sum())
                .isGreaterThan(2_000);
    }

    @Test
    void anErrorEndsALongPollAtOnce() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        FetchRequest request = Requests.fetch("t", 0, 0).maxWaitMs(20_000);
        request.topics().add(Requests.fetchTopic("nope", 0, 0));

        assertThat(Requests.answers(fetch(12, request)).get(1).errorCode()).isNotZero();
    }

    @Test
    void deletingATopicEndsItsLongPolls() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        int id = client.send(Requests.fetch("t", 0, 0).maxWaitMs(20_000), 12);
        assertThat(client.isSilentFor(100)).isTrue();

        DeleteTopicsRequest delete = new DeleteTopicsRequest().timeoutMs(1000);
        delete.topicNames().add("t");
        client().call(delete, 5, DeleteTopicsResponse.class);

        FetchResponse response = client.receive(FetchResponse.class, ApiKey.FETCH, 12, id);
        assertThat(Requests.first(response).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void aClientThatGoesAwayWhileItWaitsLeavesNothingBehind() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        List<RawClient> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RawClient next = client();
            next.send(Requests.fetch("t", 0, 0).maxWaitMs(Integer.MAX_VALUE), 12);
            waiting.add(next);
        }
        awaitParked(20);

        for (RawClient gone : waiting) {
            gone.close();
        }

        awaitParked(0);
        produce("t", 0, "value");

        assertThat(Requests.bytes(Requests.first(fetch(12, Requests.fetch("t", 0, 0)))))
                .isPositive();
    }

    @Test
    void aReadCommittedFetchHasAListOfAbortedTransactionsAndOthersHaveNone() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        produce("t", 0, "value");

        assertThat(Requests.first(fetch(12, Requests.fetch("t", 0, 0).isolationLevel((byte) 1)))
                        .abortedTransactions())
                .isEmpty();
        assertThat(Requests.first(fetch(12, Requests.fetch("t", 0, 0))).abortedTransactions())
                .isNull();
    }

    @Test
    void otherBrokersMayNotFetchWhileThereIsNoReplication() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        FetchRequest old = Requests.fetch("t", 0, 0).replicaId(2);
        FetchRequest recent = Requests.fetch("t", 0, 0);
        recent.replicaState().replicaId(2);

        assertThat(Requests.first(fetch(12, old)).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(Requests.first(fetch(15, recent)).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
    }

    @Test
    void aSessionTellsOnlyWhatIsNew() throws Exception {
        Requests.createTopic(client, "t", 3, Map.of());
        produce("t", 0, "value");
        FetchResponse full = fetch(12, sessionStart("t", 3));
        assertThat(Requests.answers(full)).hasSize(3);
        assertThat(full.sessionId()).isPositive();

        FetchResponse idle = fetch(12, incremental(full.sessionId(), 1, "t", 0, 1));
        produce("t", 2, "news");
        FetchResponse news = fetch(12, incremental(full.sessionId(), 2));

        assertThat(idle.responses()).isEmpty();
        assertThat(Requests.answers(news)).singleElement().satisfies(answer -> {
            assertThat(answer.partitionIndex()).isEqualTo(2);
            assertThat(Requests.bytes(answer)).isPositive();
        });
    }

    @Test
    void aSessionCanForgetAndAddPartitionsAndEndsWithTheLast() throws Exception {
        Requests.createTopic(client, "t", 2, Map.of());
        FetchResponse full = fetch(12, sessionStart("t", 1));
        FetchResponse added = fetch(12, incremental(full.sessionId(), 1, "t", 1, 0));
        assertThat(Requests.answers(added))
                .singleElement()
                .satisfies(answer -> assertThat(answer.partitionIndex()).isEqualTo(1));

        FetchRequest forget = incremental(full.sessionId(), 2);
        forget.forgottenTopicsData()
                .add(new FetchRequest.ForgottenTopic().topic("t").partitions(new ArrayList<>(List.of(0, 1))));
        FetchResponse empty = fetch(12, forget);

        assertThat(empty.sessionId()).isZero();
        assertThat(fetch(12, incremental(full.sessionId(), 3)).errorCode())
                .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND.code());
    }

    @Test
    void aSessionRefusesTheWrongEpochAndUnknownIds() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        FetchResponse full = fetch(12, sessionStart("t", 1));

        assertThat(fetch(12, incremental(full.sessionId(), 5)).errorCode())
                .isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH.code());
        assertThat(fetch(12, incremental(full.sessionId() ^ 1, 1)).errorCode())
                .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND.code());
        assertThat(fetch(13, incremental(full.sessionId(), 1)).errorCode())
                .isEqualTo(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR.code());
        assertThat(fetch(12, incremental(full.sessionId(), 1)).errorCode()).isZero();
    }

    @Test
    void aSessionRepeatsAnErrorUntilItIsOver() throws Exception {
        FetchResponse full = fetch(12, sessionStart("late", 1));
        assertThat(Requests.first(full).errorCode()).isNotZero();
        assertThat(Requests.first(fetch(12, incremental(full.sessionId(), 1))).errorCode())
                .isNotZero();

        Requests.createTopic(client, "late", 1, Map.of());
        FetchResponse healed = fetch(12, incremental(full.sessionId(), 2));

        assertThat(Requests.first(healed).errorCode()).isZero();
        assertThat(Requests.first(healed).highWatermark()).isZero();
    }

    @Test
    void aSessionRemembersNoNameThatIsTooLongForATopic() throws Exception {
        String longest = "x".repeat(TopicNames.LENGTH_MAX);
        FetchResponse atLimit = fetch(12, sessionStart(longest, 1));
        FetchResponse overLimit = client().call(sessionStart(longest + "x", 1), 12, FetchResponse.class);

        assertThat(atLimit.sessionId()).isPositive();
        assertThat(overLimit.sessionId()).isZero();
        for (FetchResponse each : List.of(atLimit, overLimit)) {
            assertThat(Requests.first(each).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
    }

    @Test
    void aSessionEndsWhenANameIsAddedThatIsTooLongForATopic() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        int session = fetch(12, sessionStart("t", 1)).sessionId();
        String longest = "x".repeat(TopicNames.LENGTH_MAX);

        assertThat(Requests.first(fetch(12, incremental(session, 1, longest, 0, 0)))
                        .errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        for (int epoch = 2; epoch <= 3; epoch++) {
            assertThat(fetch(12, incremental(session, epoch, longest + "x", 0, 0))
                            .errorCode())
                    .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND.code());
        }
    }

    @Test
    void aSessionServesTheLongestUnservedPartitionFirst() throws Exception {
        Requests.createTopic(client, "t", 2, Map.of());
        produce("t", 0, "x".repeat(1_000));
        produce("t", 0, "x".repeat(1_000));
        produce("t", 1, "x".repeat(1_000));
        FetchRequest start = sessionStart("t", 2).maxBytes(10);
        FetchResponse full = fetch(12, start);
        assertThat(Requests.bytes(Requests.answers(full).get(0))).isPositive();
        assertThat(Requests.bytes(Requests.answers(full).get(1))).isZero();

        FetchResponse first =
                fetch(12, incremental(full.sessionId(), 1, "t", 0, 1).maxBytes(10));
        FetchResponse second = fetch(12, incremental(full.sessionId(), 2).maxBytes(10));

        List<Integer> served = new ArrayList<>();
        for (FetchResponse each : List.of(first, second)) {
            Requests.answers(each).stream()
                    .filter(answer -> Requests.bytes(answer) > 0)
                    .forEach(answer -> served.add(answer.partitionIndex()));
        }
        assertThat(served).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void aSessionBelongsToItsConnection() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of());
        FetchResponse full = fetch(12, sessionStart("t", 1));

        FetchResponse other = client().call(incremental(full.sessionId(), 1), 12, FetchResponse.class);

        assertThat(other.errorCode()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND.code());
    }

    @Test
    void readsWhatIsOnlyOnDiskAfterARestart() throws Exception {
        Requests.createTopic(client, "t", 1, Map.of("segment.bytes", "1048576"));
        for (int i = 0; i < 30; i++) {
            produce("t", 0, "x".repeat(100_000));
        }
        restartBroker();
        client = client();
        long offset = 0;
        while (offset < 30) {
            PartitionData answer = Requests.first(fetch(12, Requests.fetch("t", 0, offset)));
            assertThat(answer.errorCode()).isZero();
            assertThat(Requests.bytes(answer)).isGreaterThan(100_000);
            offset += Requests.bytes(answer) / 100_050;
        }
    }

    private void awaitParked(int count) throws IOException {
        Partition partition = BrokerInsight.partition(broker().verticle(), "t", 0);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (partition.parkedFetches() != count && System.nanoTime() < deadline) {
            Requests.metadata(client);
        }
        assertThat(partition.parkedFetches()).isEqualTo(count);
    }

    private FetchResponse fetch(int version, FetchRequest request) throws IOException {
        return client.call(request, version, FetchResponse.class);
    }

    private static FetchRequest sessionStart(String topic, int partitions) {
        FetchRequest request = Requests.fetch(topic, 0, 0).sessionEpoch(0);
        for (int partition = 1; partition < partitions; partition++) {
            request.topics().add(Requests.fetchTopic(topic, partition, 0));
        }
        return request;
    }

    private static FetchRequest incremental(int session, int epoch) {
        FetchRequest request = Requests.fetch("", 0, 0).sessionId(session).sessionEpoch(epoch);
        request.topics().clear();
        return request;
    }

    private static FetchRequest incremental(int session, int epoch, String topic, int partition, long offset) {
        FetchRequest request = incremental(session, epoch);
        request.topics().add(Requests.fetchTopic(topic, partition, offset));
        return request;
    }

    private void produce(String topic, int partition, String value) throws IOException {
        produceFrom(client, topic, partition, value);
    }

    private static void produceFrom(RawClient producer, String topic, int partition, String value) throws IOException {
        assertThat(Requests.produceTo(producer, 9, Requests.produce(topic, partition, -1, Batches.of(NOW, value)))
                        .errorCode())
                .isZero();
    }
}
