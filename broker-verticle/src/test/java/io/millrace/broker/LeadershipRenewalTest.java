package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.Batches;
import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.Requests;
import io.millrace.broker.testing.StrictLogs;
import io.millrace.broker.testing.TestBroker;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.FetchRequest;
import io.millrace.wire.message.FetchResponse;
import io.millrace.wire.message.ListOffsetsRequest;
import io.millrace.wire.message.ListOffsetsResponse;
import io.millrace.wire.message.OffsetForLeaderEpochRequest;
import io.millrace.wire.message.OffsetForLeaderEpochResponse;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** After a stop that may have lost records, clients find out by the leader epoch that the broker leads anew. */
@ExtendWith(StrictLogs.class)
class LeadershipRenewalTest {

    private static final String TOPIC = "letters";
    private static final int UNCHECKED = -1;

    private final Vertx vertx = StrictLogs.vertx();

    @TempDir
    private Path data;

    @AfterEach
    void close() throws Exception {
        vertx.close().await(30, TimeUnit.SECONDS);
    }

    @Test
    void aStopThatWasNotCleanBeginsALeaderEpoch() throws Exception {
        writeTwoRecords();
        Files.delete(data.resolve(".clean-shutdown"));

        try (TestBroker broker = TestBroker.start(vertx, data);
                RawClient client = broker.raw()) {
            assertThat(leaderEpoch(client)).isEqualTo(1);
            short fenced = ErrorCode.FENCED_LEADER_EPOCH.code();
            assertThat(fetch(client, 0)).isEqualTo(fenced);
            assertThat(listOffsets(client, 0)).isEqualTo(fenced);
            assertThat(epochEnd(client, 0, 0).errorCode()).isEqualTo(fenced);

            assertThat(fetch(client, 1)).isZero();
            assertThat(listOffsets(client, 1)).isZero();
            produce(client);
            OffsetForLeaderEpochResponse.EpochEndOffset old = epochEnd(client, 1, 0);
            assertThat(old.errorCode()).isZero();
            assertThat(old.leaderEpoch()).isZero();
            assertThat(old.endOffset()).isEqualTo(2);
            assertThat(epochEnd(client, UNCHECKED, 1).endOffset()).isEqualTo(3);
        }
    }

    @Test
    void aCleanStopKeepsTheLeaderEpoch() throws Exception {
        writeTwoRecords();

        try (TestBroker broker = TestBroker.start(vertx, data);
                RawClient client = broker.raw()) {
            assertThat(leaderEpoch(client)).isZero();
            assertThat(fetch(client, 0)).isZero();
        }
    }

    private void writeTwoRecords() throws Exception {
        try (TestBroker broker = TestBroker.start(vertx, data);
                RawClient client = broker.raw()) {
            Requests.createTopic(client, TOPIC, 1, Map.of());
            produce(client);
            produce(client);
            assertThat(leaderEpoch(client)).isZero();
        }
    }

    private static void produce(RawClient client) throws IOException {
        assertThat(Requests.produceTo(client, 9, Requests.produce(TOPIC, 0, -1, Batches.of(1, "value")))
                        .errorCode())
                .isZero();
    }

    private static int leaderEpoch(RawClient client) throws IOException {
        return Requests.metadata(client).topics().get(0).partitions().get(0).leaderEpoch();
    }

    private static short fetch(RawClient client, int currentEpoch) throws IOException {
        FetchRequest request = Requests.fetch(TOPIC, 0, 0);
        request.topics().get(0).partitions().get(0).currentLeaderEpoch(currentEpoch);
        return Requests.first(client.call(request, 11, FetchResponse.class)).errorCode();
    }

    private static short listOffsets(RawClient client, int currentEpoch) throws IOException {
        ListOffsetsRequest.ListOffsetsTopic topic = new ListOffsetsRequest.ListOffsetsTopic().name(TOPIC);
        topic.partitions()
                .add(new ListOffsetsRequest.ListOffsetsPartition()
                        .currentLeaderEpoch(currentEpoch)
                        .timestamp(-1));
        ListOffsetsRequest request = new ListOffsetsRequest().replicaId(-1);
        request.topics().add(topic);
        return client.call(request, 7, ListOffsetsResponse.class)
                .topics()
                .get(0)
                .partitions()
                .get(0)
                .errorCode();
    }

    private static OffsetForLeaderEpochResponse.EpochEndOffset epochEnd(RawClient client, int currentEpoch, int epoch)
            throws IOException {
        OffsetForLeaderEpochRequest.OffsetForLeaderTopic topic =
                new OffsetForLeaderEpochRequest.OffsetForLeaderTopic().topic(TOPIC);
        topic.partitions()
                .add(new OffsetForLeaderEpochRequest.OffsetForLeaderPartition()
                        .currentLeaderEpoch(currentEpoch)
                        .leaderEpoch(epoch));
        OffsetForLeaderEpochRequest request = new OffsetForLeaderEpochRequest().replicaId(-1);
        request.topics().add(topic);
        return client.call(request, 4, OffsetForLeaderEpochResponse.class)
                .topics()
                .get(0)
                .partitions()
                .get(0);
    }
}
