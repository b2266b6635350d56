package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.testing.StrictLogs;
import io.vertx.core.Vertx;
import io.vertx.junit5.ProvidedBy;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own Admin client against a broker in this process: every API that describes or changes the cluster. */
@ExtendWith({StrictLogs.class, VertxExtension.class})
class AdminClientTest {
    private static final long TIMEOUT_S = 30;

    @TempDir
    Path data;

    private String address = "";
    private Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:1"));

    @BeforeEach
    void start(@ProvidedBy(StrictLogs.StrictVertx.class) Vertx vertx) throws Exception {
        BrokerVerticle broker = new BrokerVerticle(BrokerConfig.parse(
                Map.of("listeners", "PLAINTEXT://127.0.0.1:0", "log.dirs", data.toString(), "num.partitions", "2")));
        vertx.deployVerticle(broker).toCompletionStage().toCompletableFuture().get(TIMEOUT_S, TimeUnit.SECONDS);
        address = "127.0.0.1:" + broker.address().port();
        admin.close();
        admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address));
    }

    @AfterEach
    void closeAdmin() {
        admin.close();
    }

    @Test
    void createsDescribesListsAndDeletesTopics() throws Exception {
        NewTopic wish = new NewTopic("a", 3, (short) 1).configs(Map.of("retention.ms", "1000"));
        CreateTopicsResult created = admin.createTopics(List.of(wish));
        assertThat(get(created.numPartitions("a"))).isEqualTo(3);
        assertThat(get(created.replicationFactor("a"))).isEqualTo(1);
        assertThat(get(created.config("a")).get("retention.ms").value()).isEqualTo("1000");
        Uuid id = get(created.topicId("a"));

        TopicDescription byName = describe("a");
        assertThat(byName.topicId()).isEqualTo(id);
        assertThat(byName.partitions())
                .extracting(TopicPartitionInfo::partition)
                .containsExactly(0, 1, 2);
        assertThat(byName.partitions())
                .allMatch(each -> each.leader().id() == 1 && each.isr().size() == 1);
        TopicCollection ids = TopicCollection.ofTopicIds(List.of(id));
        assertThat(find(admin.describeTopics(ids).allTopicIds(), id).name()).isEqualTo("a");
        assertThat(get(admin.listTopics().names())).containsExactly("a");

        get(admin.deleteTopics(ids).all());
        assertThat(get(admin.listTopics().names())).isEmpty();
        assertFails(admin.describeTopics(ids).allTopicIds(), UnknownTopicIdException.class);
        assertFails(admin.describeTopics(List.of("a")).allTopicNames(), UnknownTopicOrPartitionException.class);
        assertFails(admin.deleteTopics(List.of("a")).all(), UnknownTopicOrPartitionException.class);
    }

    @Test
    void tellsWhyATopicCannotBeCreated() {
        create("a");
        assertFails(admin.createTopics(List.of(new NewTopic("a", 1, (short) 1))).all(), TopicExistsException.class);
        assertFails(
                admin.createTopics(List.of(new NewTopic("b c", 1, (short) 1))).all(), InvalidTopicException.class);
        assertFails(
                admin.createTopics(List.of(new NewTopic("b", 1, (short) 3))).all(),
                InvalidReplicationFactorException.class);
        assertFails(
                admin.createTopics(List.of(new NewTopic("b", 0, (short) 1))).all(), InvalidPartitionsException.class);
        NewTopic badConfig = new NewTopic("b", 1, (short) 1).configs(Map.of("retention.ms", "soon"));
        assertFails(admin.createTopics(List.of(badConfig)).all(), InvalidConfigurationException.class);
    }

    @Test
    void addsPartitions() throws Exception {
        create("a");
        get(admin.createPartitions(Map.of("a", NewPartitions.increaseTo(5))).all());
        assertThat(describe("a").partitions()).hasSize(5);
        send("a", 4);
        assertFails(
                admin.createPartitions(Map.of("a", NewPartitions.increaseTo(5))).all(),
                InvalidPartitionsException.class);
    }

    @Test
    void describesAndChangesTheSettingsOfATopic() throws Exception {
        create("a");
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "a");
        alter(topic, set("retention.ms", "5000"), append("cleanup.policy", "compact"));
        ConfigEntry retention = config(topic).get("retention.ms");
        assertThat(retention.value()).isEqualTo("5000");
        assertThat(retention.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(retention.type()).isEqualTo(ConfigEntry.ConfigType.LONG);
        assertThat(retention.documentation()).isNotEmpty();
        assertThat(config(topic).get("cleanup.policy").value()).isEqualTo("delete,compact");
        alter(topic, delete("retention.ms"));
        assertThat(config(topic).get("retention.ms").source()).isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
        assertFails(
                admin.incrementalAlterConfigs(Map.of(topic, List.of(set("retention.ms", "soon"))))
                        .all(),
                InvalidConfigurationException.class);
    }

    @Test
    void changesTheSettingsOfTheBrokerWhileItRuns() throws Exception {
        create("a");
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        ConfigResource brokers = new ConfigResource(ConfigResource.Type.BROKER, "");
        alter(broker, set("log.retention.ms", "123456"));
        alter(brokers, set("message.max.bytes", "2000000"));
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "a");
        ConfigEntry retention = config(topic).get("retention.ms");
        assertThat(retention.value()).isEqualTo("123456");
        assertThat(retention.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_BROKER_CONFIG);
        assertThat(config(topic).get("max.message.bytes").source())
                .isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        assertThat(config(brokers).entries()).extracting(ConfigEntry::name).containsExactly("message.max.bytes");
        assertFails(
                admin.incrementalAlterConfigs(Map.of(broker, List.of(set("log.dirs", "/elsewhere"))))
                        .all(),
                InvalidRequestException.class);
        alter(broker, delete("log.retention.ms"));
        assertThat(config(topic).get("retention.ms").value()).isEqualTo("604800000");
    }

    @Test
    void listsWhatHasAConfiguration() throws Exception {
        create("a");
        assertThat(get(admin.listConfigResources().all()))
                .containsExactlyInAnyOrder(
                        new ConfigResource(ConfigResource.Type.TOPIC, "a"),
                        new ConfigResource(ConfigResource.Type.BROKER, "1"));
    }

    @Test
    void describesTheCluster() throws Exception {
        DescribeClusterResult cluster = admin.describeCluster();
        assertThat(get(cluster.clusterId())).hasSize(22);
        assertThat(get(cluster.controller()).id()).isEqualTo(1);
        assertThat(get(cluster.nodes())).singleElement().satisfies(node -> {
            assertThat(node.host() + ":" + node.port()).isEqualTo(address);
            assertThat(node.id()).isEqualTo(1);
        });
    }

    @Test
    void describesTheDataFolders() throws Exception {
        create("a");
        send("a", 1);
        Map<String, LogDirDescription> folders =
                find(admin.describeLogDirs(List.of(1)).allDescriptions(), 1);
        LogDirDescription folder = find(folders, data.toAbsolutePath().toString());
        assertThat(folder.error()).isNull();
        assertThat(folder.usableBytes().getAsLong()).isPositive();
        assertThat(folder.replicaInfos().keySet())
                .isEqualTo(Set.of(new TopicPartition("a", 0), new TopicPartition("a", 1)));
        assertThat(find(folder.replicaInfos(), new TopicPartition("a", 0)).size())
                .isZero();
        assertThat(find(folder.replicaInfos(), new TopicPartition("a", 1)).size())
                .isPositive();
        TopicPartitionReplica replica = new TopicPartitionReplica("a", 0, 1);
        assertThat(find(admin.describeReplicaLogDirs(List.of(replica)).all(), replica)
                        .getCurrentReplicaLogDir())
                .isEqualTo(data.toAbsolutePath().toString());
    }

    @Test
    void aProducerCreatesTheTopicThatItMentions() throws Exception {
        RecordMetadata written = send("mentioned", 1);
        assertThat(written.offset()).isZero();
        assertThat(describe("mentioned").partitions()).hasSize(2);
    }

    @Test
    void aTopicThatIsCreatedAgainIsEmptyAndAnother() throws Exception {
        create("a");
        send("a", 0);
        Uuid before = describe("a").topicId();
        get(admin.deleteTopics(List.of("a")).all());
        create("a");
        assertThat(describe("a").topicId()).isNotEqualTo(before);
        assertThat(send("a", 0).offset()).isZero();
    }

    private void create(String name) {
        get(admin.createTopics(List.of(new NewTopic(name, 2, (short) 1))).all());
    }

    private TopicDescription describe(String name) {
        return find(admin.describeTopics(List.of(name)).allTopicNames(), name);
    }

    private RecordMetadata send(String topic, int partition) throws Exception {
        Map<String, Object> settings = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, address);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            return producer.send(new ProducerRecord<>(topic, partition, "key", "value"))
                    .get(TIMEOUT_S, TimeUnit.SECONDS);
        }
    }

    private Config config(ConfigResource resource) {
        DescribeConfigsOptions options =
                new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
        return find(admin.describeConfigs(List.of(resource), options).all(), resource);
    }

    private void alter(ConfigResource resource, AlterConfigOp... ops) {
        get(admin.incrementalAlterConfigs(Map.of(resource, List.of(ops))).all());
    }

    private static AlterConfigOp set(String key, String value) {
        return new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    }

    private static AlterConfigOp append(String key, String value) {
        return new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.APPEND);
    }

    private static AlterConfigOp delete(String key) {
        return new AlterConfigOp(new ConfigEntry(key, null), AlterConfigOp.OpType.DELETE);
    }

    private static <K, V> V find(KafkaFuture<Map<K, V>> all, K key) {
        return find(get(all), key);
    }

    private static <K, V> V find(Map<K, V> all, K key) {
        return Objects.requireNonNull(all.get(key), () -> key + " is not in " + all.keySet());
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(TIMEOUT_S, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void assertFails(KafkaFuture<?> future, Class<? extends Throwable> cause) {
        assertThatThrownBy(() -> future.get(TIMEOUT_S, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(cause);
    }
}
