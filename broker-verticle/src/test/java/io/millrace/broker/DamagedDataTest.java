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
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataResponse;
import io.millrace.wire.message.MetadataResponse.MetadataResponsePartition;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that finds less on its disks than it left there: it serves what is whole, and makes up nothing. It logs errors. */
class DamagedDataTest {

    private static final String TOPIC = "orders";
    private static final int BROKER = 1;

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

    /** What Apache Kafka says of a partition whose log directory is offline, and of that directory. */
    @Test
    void aDamagedPartitionHasNoLeaderAndItsFolderSaysSo() throws Exception {
        produceToBothPartitions("a", "b");
        Path damaged = folderOf(0);
        Path whole = folderOf(1);
        new OsFileStore().deleteTree(damaged.resolve(TOPIC + "-0"));

        try (TestBroker broker = start("a", "b");
                RawClient client = broker.raw();
                Admin admin = broker.admin()) {
            assertNoLeader(admin, client, 0);
            assertLeader(admin, client, 1);
            assertThat(folder(admin, damaged).error()).isInstanceOf(KafkaStorageException.class);
            assertThat(folder(admin, whole).error()).isNull();
            assertThat(folder(admin, whole).replicaInfos()).containsOnlyKeys(new TopicPartition(TOPIC, 1));

            admin.deleteTopics(List.of(TOPIC)).all().get(30, TimeUnit.SECONDS);

            assertThat(folders(admin).values())
                    .extracting(LogDirDescription::error)
                    .containsOnlyNulls();
        }
    }

    @Test
    void aFolderWithADamagedPartitionListsTheOthers() throws Exception {
        produceToBothPartitions("a");
        new OsFileStore().deleteTree(folderOf(0).resolve(TOPIC + "-0"));

        try (TestBroker broker = start("a");
                Admin admin = broker.admin()) {
            assertThat(folders(admin).values()).singleElement().satisfies(folder -> {
                assertThat(folder.error()).isInstanceOf(KafkaStorageException.class);
                assertThat(folder.replicaInfos()).containsOnlyKeys(new TopicPartition(TOPIC, 1));
                assertThat(folder.totalBytes()).isPresent();
            });
        }
    }

    @Test
    void thePartitionsOfAFolderThatFailsHaveNoLeader() throws Exception {
        produceToBothPartitions("a", "b");

        try (TestBroker broker = start("a", "b");
                RawClient client = broker.raw();
                Admin admin = broker.admin()) {
            assertLeader(admin, client, 0);

            BrokerInsight.failFolder(broker.verticle(), folderOf(0));

            assertNoLeader(admin, client, 0);
            assertLeader(admin, client, 1);
            LogDirDescription failed = folder(admin, folderOf(0));
            assertThat(failed.error()).isInstanceOf(KafkaStorageException.class);
            assertThat(failed.replicaInfos()).isEmpty();
        }
    }

    private static void assertNoLeader(Admin admin, RawClient client, int partition) throws Exception {
        TopicPartitionInfo described = described(admin, partition);
        assertThat(described.leader()).isNull();
        assertThat(described.replicas()).extracting(Node::id).containsExactly(BROKER);
        assertThat(metadata(client, partition)).satisfies(told -> {
            assertThat(told.errorCode()).isEqualTo(ErrorCode.LEADER_NOT_AVAILABLE.code());
            assertThat(told.leaderId()).isEqualTo(-1);
            assertThat(told.isrNodes()).containsExactly(BROKER);
            assertThat(told.offlineReplicas()).containsExactly(BROKER);
        });
    }

    private static void assertLeader(Admin admin, RawClient client, int partition) throws Exception {
        assertThat(described(admin, partition).leader().id()).isEqualTo(BROKER);
        assertThat(metadata(client, partition)).satisfies(told -> {
            assertThat(told.errorCode()).isZero();
            assertThat(told.leaderId()).isEqualTo(BROKER);
            assertThat(told.offlineReplicas()).isEmpty();
        });
    }

    private static TopicPartitionInfo described(Admin admin, int partition) throws Exception {
        Map<String, TopicDescription> topics =
                admin.describeTopics(List.of(TOPIC)).allTopicNames().get(30, TimeUnit.SECONDS);
        return Objects.requireNonNull(topics.get(TOPIC)).partitions().get(partition);
    }

    private static MetadataResponsePartition metadata(RawClient client, int partition) throws IOException {
        MetadataRequest request =
                new MetadataRequest().topics(List.of(new MetadataRequest.MetadataRequestTopic().name(TOPIC)));
        return client.call(request, 12, MetadataResponse.class)
                .topics()
                .get(0)
                .partitions()
                .get(partition);
    }

    private static LogDirDescription folder(Admin admin, Path folder) throws Exception {
        return Objects.requireNonNull(folders(admin).get(folder.toString()));
    }

    private static Map<String, LogDirDescription> folders(Admin admin) throws Exception {
        Map<Integer, Map<String, LogDirDescription>> brokers =
                admin.describeLogDirs(List.of(BROKER)).allDescriptions().get(30, TimeUnit.SECONDS);
        return Objects.requireNonNull(brokers.get(BROKER));
    }

    /** The data folder that has the partition's log. */
    private Path folderOf(int partition) throws IOException {
        try (Stream<Path> folders = Files.list(parent)) {
            return folders.filter(each -> Files.exists(each.resolve(TOPIC + "-" + partition)))
                    .findAny()
                    .orElseThrow();
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
