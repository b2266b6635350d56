package io.millrace.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.Batches;
import io.millrace.broker.testing.BrokerTestBase;
import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.Requests;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DeleteRecordsRequest;
import io.millrace.wire.message.DeleteRecordsResponse;
import io.millrace.wire.message.DescribeProducersRequest;
import io.millrace.wire.message.DescribeProducersResponse;
import io.millrace.wire.message.FetchResponse;
import io.millrace.wire.message.ListOffsetsRequest;
import io.millrace.wire.message.ListOffsetsResponse;
import io.millrace.wire.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.millrace.wire.message.OffsetForLeaderEpochRequest;
import io.millrace.wire.message.OffsetForLeaderEpochResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OffsetsTest extends BrokerTestBase {

    private static final long TIME = System.currentTimeMillis();

    @SuppressWarnings("NullAway.Init")
    private RawClient client;

    @BeforeEach
    void fill() throws Exception {
        client = client();
        Requests.createTopic(client, "t", 1, Map.of());
        for (long time : new long[] {TIME, TIME + 10, TIME + 30, TIME + 20}) {
            Requests.produceTo(client, 9, Requests.produce("t", 0, -1, Batches.of(time, "a", "b")));
        }
    }

    @Test
    void knowsTheEndsOfAPartitionInEveryVersion() throws Exception {
        for (int version = 1; version <= 11; version++) {
            assertThat(list(version, -1).offset())
                    .as("latest, version %d", version)
                    .isEqualTo(8);
            assertThat(list(version, -2).offset()).as("earliest").isZero();
        }
    }

    @Test
    void findsTheFirstRecordAtOrAfterATime() throws Exception {
        assertThat(list(7, TIME).offset()).isZero();
        assertThat(list(7, TIME + 1).offset()).isEqualTo(2);
        assertThat(list(7, TIME + 1).timestamp()).isEqualTo(TIME + 10);
        assertThat(list(7, TIME + 11).offset()).isEqualTo(4);
        assertThat(list(7, TIME + 31).offset()).isEqualTo(-1);
        assertThat(list(7, TIME + 31).errorCode()).isZero();
    }

    @Test
    void knowsTheRecordWithTheLargestTimeAndTheOtherSpecialQuestions() throws Exception {
        assertThat(list(7, -3).offset()).isEqualTo(4);
        assertThat(list(7, -3).timestamp()).isEqualTo(TIME + 30);
        assertThat(list(8, -4).offset()).isZero();
        assertThat(list(9, -5).offset()).isEqualTo(-1);
        assertThat(list(11, -6).offset()).isEqualTo(-1);
    }

    @Test
    void aSpecialQuestionThatTheVersionDoesNotHaveIsUnsupported() throws Exception {
        assertThat(list(6, -3).errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
        assertThat(list(7, -4).errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
        assertThat(list(11, -99).errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
    }

    @Test
    void refusesAPartitionThatIsAskedForTwiceAndOneThatIsUnknown() throws Exception {
        ListOffsetsRequest twice = request(-1);
        twice.topics().add(request(-1).topics().get(0));
        ListOffsetsRequest unknown = request(-1);
        unknown.topics().get(0).name("nope");

        ListOffsetsResponse response = client.call(twice, 7, ListOffsetsResponse.class);

        assertThat(response.topics().get(1).partitions().get(0).errorCode())
                .isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(client.call(unknown, 7, ListOffsetsResponse.class)
                        .topics()
                        .get(0)
                        .partitions()
                        .get(0)
                        .errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void saysWhereALeaderEpochEnded() throws Exception {
        for (int version = 2; version <= 4; version++) {
            assertThat(epochEnd(version, 0).endOffset()).isEqualTo(8);
            assertThat(epochEnd(version, 0).leaderEpoch()).isZero();
            assertThat(epochEnd(version, 9).endOffset()).as("an epoch to come").isEqualTo(-1);
        }
    }

    @Test
    void deletedRecordsAreGoneAlsoAfterARestart() throws Exception {
        assertThat(delete("t", 3).lowWatermark()).isEqualTo(3);
        assertThat(list(7, -2).offset()).isEqualTo(3);
        FetchResponse before = client.call(Requests.fetch("t", 0, 2), 12, FetchResponse.class);
        assertThat(Requests.first(before).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());

        restartBroker();
        client = client();

        assertThat(list(7, -2).offset()).isEqualTo(3);
        assertThat(delete("t", -1).lowWatermark()).as("everything").isEqualTo(8);
        assertThat(delete("t", 9).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
        assertThat(delete("nope", 0).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void aCompactedTopicDeletesNoRecordsOnDemand() throws Exception {
        Requests.createTopic(client, "c", 1, Map.of("cleanup.policy", "compact"));

        assertThat(delete("c", 0).errorCode()).isEqualTo(ErrorCode.POLICY_VIOLATION.code());
    }

    @Test
    void describesTheProducersThatAPartitionRemembers() throws Exception {
        Requests.produceTo(client, 9, Requests.produce("t", 0, -1, Batches.idempotent(77, 3, 0, TIME, "a", "b")));
        DescribeProducersRequest request = new DescribeProducersRequest();
        DescribeProducersRequest.TopicRequest topic = new DescribeProducersRequest.TopicRequest().name("t");
        topic.partitionIndexes().addAll(List.of(0, 5));
        request.topics().add(topic);

        List<DescribeProducersResponse.PartitionResponse> partitions = client.call(
                        request, 0, DescribeProducersResponse.class)
                .topics()
                .get(0)
                .partitions();

        assertThat(partitions.get(0).activeProducers()).singleElement().satisfies(producer -> {
            assertThat(producer.producerId()).isEqualTo(77);
            assertThat(producer.producerEpoch()).isEqualTo(3);
            assertThat(producer.lastSequence()).isEqualTo(1);
            assertThat(producer.currentTxnStartOffset()).isEqualTo(-1);
        });
        assertThat(partitions.get(1).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private ListOffsetsPartitionResponse list(int version, long timestamp) throws IOException {
        return client.call(request(timestamp), version, ListOffsetsResponse.class)
                .topics()
                .get(0)
                .partitions()
                .get(0);
    }

    private static ListOffsetsRequest request(long timestamp) {
        ListOffsetsRequest.ListOffsetsTopic topic = new ListOffsetsRequest.ListOffsetsTopic().name("t");
        topic.partitions()
                .add(new ListOffsetsRequest.ListOffsetsPartition()
                        .partitionIndex(0)
                        .timestamp(timestamp));
        ListOffsetsRequest request = new ListOffsetsRequest().replicaId(-1);
        request.topics().add(topic);
        return request;
    }

    private OffsetForLeaderEpochResponse.EpochEndOffset epochEnd(int version, int epoch) throws IOException {
        OffsetForLeaderEpochRequest.OffsetForLeaderTopic topic =
                new OffsetForLeaderEpochRequest.OffsetForLeaderTopic().topic("t");
        topic.partitions()
                .add(new OffsetForLeaderEpochRequest.OffsetForLeaderPartition()
                        .partition(0)
                        .leaderEpoch(epoch));
        OffsetForLeaderEpochRequest request = new OffsetForLeaderEpochRequest().replicaId(version >= 3 ? -1 : -2);
        request.topics().add(topic);
        return client.call(request, version, OffsetForLeaderEpochResponse.class)
                .topics()
                .get(0)
                .partitions()
                .get(0);
    }

    private DeleteRecordsResponse.DeleteRecordsPartitionResult delete(String name, long offset) throws IOException {
        DeleteRecordsRequest.DeleteRecordsTopic topic = new DeleteRecordsRequest.DeleteRecordsTopic().name(name);
        topic.partitions()
                .add(new DeleteRecordsRequest.DeleteRecordsPartition()
                        .partitionIndex(0)
                        .offset(offset));
        DeleteRecordsRequest request = new DeleteRecordsRequest().timeoutMs(1000);
        request.topics().add(topic);
        return client.call(request, 2, DeleteRecordsResponse.class)
                .topics()
                .get(0)
                .partitions()
                .get(0);
    }
}
