package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.Batches;
import io.millrace.broker.storage.OsFileStore;
import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.Requests;
import io.millrace.broker.testing.StrictLogs;
import io.millrace.broker.testing.TestBroker;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.FetchResponse;
import io.millrace.wire.message.ListOffsetsRequest;
import io.millrace.wire.message.ListOffsetsResponse;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that finds less on its disks than it left there: it serves what is whole, and makes up nothing. It logs errors. */
class DamagedDataTest {

    private static final String TOPIC = "orders";

    private final Vertx vertx = StrictLogs.vertx();

    @TempDir
    private Path parent;

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(30, TimeUnit.SECONDS);
    }

    @Test
    void aDiskThatIsNotMountedStopsTheStart() throws Exception {
        produceToBothPartitions("a", "b");
        Path unmounted = parent.resolve("unmounted");
        Files.move(parent.resolve("b"), unmounted);

        assertThatThrownBy(() -> start("a", "b"))
                .hasMessageContaining(parent.resolve("b").toString())
                .hasMessageContaining("not mounted");

        new OsFileStore().deleteTree(parent.resolve("b"));
        Files.move(unmounted, parent.resolve("b"));
        try (TestBroker broker = start("a", "b");
                RawClient client = broker.raw()) {
            assertThat(fetched(client, 0)).isPositive();
            assertThat(fetched(client, 1)).isPositive();
        }
    }

    @Test
    void aDamagedPartitionSaysSoAndTheOneBesideItWorks() throws Exception {
        produceToBothPartitions("a");
        Path segment = parent.resolve("a").resolve(TOPIC + "-0").resolve("00000000000000000000.log");
        Files.write(segment, Arrays.copyOf(Files.readAllBytes(segment), 20));

        try (TestBroker broker = start("a");
                RawClient client = broker.raw()) {
            assertStorageError(client, 0);

            assertThat(fetched(client, 1)).isPositive();
            assertThat(produced(client, 1)).isZero();
        }
    }

    @Test
    void aPartitionWhoseDirectoryIsGoneSaysSoAndTheOneBesideItWorks() throws Exception {
        produceToBothPartitions("a");
        new OsFileStore().deleteTree(parent.resolve("a").resolve(TOPIC + "-0"));

        try (TestBroker broker = start("a");
                RawClient client = broker.raw()) {
            assertStorageError(client, 0);

            assertThat(fetched(client, 1)).isPositive();
            assertThat(produced(client, 1)).isZero();
        }
    }

    private static void assertStorageError(RawClient client, int partition) throws IOException {
        short damaged = ErrorCode.KAFKA_STORAGE_ERROR.code();
        assertThat(produced(client, partition)).isEqualTo(damaged);
        assertThat(fetch(client, 11, partition).errorCode()).isEqualTo(damaged);
        assertThat(fetch(client, 5, partition).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(client.call(listOffsets(partition), 7, ListOffsetsResponse.class)
                        .topics()
                        .get(0)
                        .partitions()
                        .get(0)
                        .errorCode())
                .isEqualTo(damaged);
    }

    private static ListOffsetsRequest listOffsets(int partition) {
        ListOffsetsRequest.ListOffsetsTopic topic = new ListOffsetsRequest.ListOffsetsTopic().name(TOPIC);
        topic.partitions()
                .add(new ListOffsetsRequest.ListOffsetsPartition()
                        .partitionIndex(partition)
                        .timestamp(-1));
        ListOffsetsRequest request = new ListOffsetsRequest().replicaId(-1);
        request.topics().add(topic);
        return request;
    }

    private void produceToBothPartitions(String... folders) throws Exception {
        try (TestBroker broker = start(folders);
                RawClient client = broker.raw()) {
            Requests.createTopic(client, TOPIC, 2, Map.of());
            for (int partition = 0; partition < 2; partition++) {
                assertThat(produced(client, partition)).isZero();
            }
        }
    }

    private static short produced(RawClient client, int partition) throws IOException {
        return Requests.produceTo(client, 9, Requests.produce(TOPIC, partition, -1, Batches.of(1, "value")))
                .errorCode();
    }

    private static int fetched(RawClient client, int partition) throws IOException {
        return Requests.bytes(fetch(client, 11, partition));
    }

    private static FetchResponse.PartitionData fetch(RawClient client, int version, int partition) throws IOException {
        return Requests.first(client.call(Requests.fetch(TOPIC, partition, 0), version, FetchResponse.class));
    }

    private TestBroker start(String... folders) throws Exception {
        StringBuilder dirs = new StringBuilder();
        for (String folder : folders) {
            dirs.append(dirs.length() == 0 ? "" : ",").append(parent.resolve(folder));
        }
        return TestBroker.start(vertx, parent, Map.of("log.dirs", dirs.toString()));
    }
}
