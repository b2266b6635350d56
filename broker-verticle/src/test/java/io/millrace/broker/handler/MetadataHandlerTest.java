package io.millrace.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.CreateTopicsRequest.CreatableTopic;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataRequest.MetadataRequestTopic;
import io.millrace.wire.message.MetadataResponse;
import io.millrace.wire.message.MetadataResponse.MetadataResponsePartition;
import io.millrace.wire.message.MetadataResponse.MetadataResponseTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataHandlerTest {
    private static final int NEWEST = 13;

    private final AdminFixture fixture = new AdminFixture("num.partitions", "3");

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void anEmptyListMeansAllTopicsInVersionZeroOnly() {
        fixture.given("a", "b");
        assertThat(names(ask(0, named()))).containsExactly("a", "b");
        assertThat(names(ask(1, named()))).isEmpty();
        assertThat(names(ask(NEWEST, named()))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 8, 9, 10, 12, 13})
    void noListMeansAllTopics(int version) {
        fixture.given("a", "b");
        assertThat(names(ask(version, new MetadataRequest().topics(null)))).containsExactly("a", "b");
    }

    @Test
    void namesBrokersAndTheClusterAsFarAsTheVersionCan() {
        MetadataResponse newest = ask(NEWEST, named());
        assertThat(newest.clusterId()).isEqualTo("cluster-id-0123456789ab");
        assertThat(newest.controllerId()).isEqualTo(1);
        assertThat(newest.brokers()).singleElement().satisfies(broker -> {
            assertThat(broker.nodeId()).isEqualTo(1);
            assertThat(broker.host()).isEqualTo("broker-one");
            assertThat(broker.port()).isEqualTo(9092);
            assertThat(broker.rack()).isEqualTo("rack-a");
        });
        assertThat(ask(1, named()).clusterId()).isNull();
        assertThat(ask(0, named()).controllerId()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 7, 9, 13})
    void describesPartitions(int version) {
        fixture.given("a");
        MetadataResponseTopic topic = only(ask(version, named("a")));
        assertThat(topic.errorCode()).isZero();
        assertThat(topic.topicId()).isEqualTo(version < 10 ? Uuids.ZERO : fixture.topicId("a"));
        assertThat(topic.partitions())
                .extracting(MetadataResponsePartition::partitionIndex)
                .containsExactly(0, 1);
        MetadataResponsePartition partition = topic.partitions().get(1);
        assertThat(partition.leaderId()).isEqualTo(1);
        assertThat(partition.leaderEpoch()).isEqualTo(version < 7 ? -1 : 0);
        assertThat(partition.replicaNodes()).containsExactly(1);
        assertThat(partition.isrNodes()).containsExactly(1);
        assertThat(partition.offlineReplicas()).isEmpty();
    }

    @Test
    void createsAMentionedTopicAndAnswersWithItAtOnce() {
        MetadataResponseTopic topic = only(ask(NEWEST, named("new").allowAutoTopicCreation(true)));
        assertThat(topic.errorCode()).isZero();
        assertThat(topic.partitions()).hasSize(3);
        assertThat(fixture.image().topic("new")).isNotNull();
    }

    @Test
    void versionsBeforeFourAlwaysAllowCreation() {
        assertThat(only(ask(3, named("new"))).errorCode()).isZero();
    }

    @Test
    void doesNotCreateWhenTheClientForbidsIt() {
        assertThat(only(ask(4, named("new").allowAutoTopicCreation(false))).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(fixture.image().topics()).isEmpty();
    }

    @Test
    void doesNotCreateWhenTheBrokerForbidsIt() {
        try (AdminFixture strict = new AdminFixture("auto.create.topics.enable", "false")) {
            MetadataResponse response = strict.ask(NEWEST, named("new"), MetadataResponse.class);
            assertThat(only(response).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a b", "ünlaut"})
    void refusesBadNames(String name) {
        MetadataResponseTopic topic = only(ask(NEWEST, named(name)));
        assertThat(topic.errorCode()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
        assertThat(topic.name()).isEqualTo(name);
    }

    @Test
    void aNameThatCollidesIsNotCreated() {
        fixture.given("a.b");
        assertThat(only(ask(NEWEST, named("a_b"))).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"__consumer_offsets", "__transaction_state", "__share_group_state", "__cluster_metadata"})
    void internalTopicsAreNotCreatedByMentioningThem(String name) {
        MetadataResponseTopic topic = only(ask(NEWEST, named(name)));
        assertThat(topic.errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(topic.isInternal()).isEqualTo(!name.equals("__cluster_metadata"));
        assertThat(fixture.image().topics()).isEmpty();
    }

    @Test
    void aNameMentionedTwiceIsAnsweredOnce() {
        fixture.given("a");
        assertThat(names(ask(NEWEST, named("a", "a", "b", "b")))).containsExactly("a", "b");
    }

    @Test
    void findsTopicsByIdAndIgnoresNamesBesideIds() {
        fixture.given("a", "b");
        UUID unknown = AdminFixture.unknownId();
        MetadataRequest request = of(topic(null, fixture.topicId("a")), topic(null, unknown), topic("b", Uuids.ZERO));
        MetadataResponse response = ask(12, request);
        assertThat(names(response)).containsExactly("a", null);
        assertThat(response.topics().get(1).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
        assertThat(response.topics().get(1).topicId()).isEqualTo(unknown);
    }

    @Test
    void anUnknownIdCreatesNothing() {
        ask(12, of(topic("new", AdminFixture.unknownId())));
        assertThat(fixture.image().topics()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 11})
    void idsBeforeVersionTwelveAreRefused(int version) {
        fixture.given("a");
        MetadataResponse response = ask(version, of(topic("a", fixture.topicId("a"))));
        assertThat(only(response).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(response.brokers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 11, 12, 13})
    void neitherNameNorIdIsRefused(int version) {
        assertThat(only(ask(version, of(topic(null, Uuids.ZERO)))).errorCode())
                .isEqualTo(ErrorCode.INVALID_REQUEST.code());
    }

    @Test
    void tellsAuthorizedOperationsOnlyWhenAsked() {
        fixture.given("a");
        MetadataResponse silent = ask(8, named("a"));
        assertThat(silent.clusterAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
        assertThat(only(silent).topicAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
        MetadataResponse told =
                ask(8, named("a").includeClusterAuthorizedOperations(true).includeTopicAuthorizedOperations(true));
        assertThat(told.clusterAuthorizedOperations()).isEqualTo(8096);
        assertThat(only(told).topicAuthorizedOperations()).isEqualTo(3576);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void aLeaderThatClientsCannotReachIsNoLeader(int version) {
        fixture.addBrokerBehindAnotherListener(2);
        fixture.create(AdminFixture.assigned("a", List.of(2, 1)));
        MetadataResponsePartition partition =
                only(ask(version, named("a"))).partitions().get(0);
        assertThat(partition.leaderId()).isEqualTo(-1);
        assertThat(partition.errorCode())
                .isEqualTo((version < 6 ? ErrorCode.LEADER_NOT_AVAILABLE : ErrorCode.LISTENER_NOT_FOUND).code());
        assertThat(partition.replicaNodes()).containsExactly(2, 1);
        assertThat(partition.offlineReplicas()).containsExactly(2);
    }

    @Test
    void versionZeroHidesReplicasThatAreNotInItsListOfBrokers() {
        fixture.addBrokerBehindAnotherListener(2);
        fixture.create(AdminFixture.assigned("a", List.of(1, 2)));
        MetadataResponsePartition partition =
                only(ask(0, named("a"))).partitions().get(0);
        assertThat(partition.errorCode()).isEqualTo(ErrorCode.REPLICA_NOT_AVAILABLE.code());
        assertThat(partition.leaderId()).isEqualTo(1);
        assertThat(partition.replicaNodes()).containsExactly(1);
    }

    @Test
    void tenThousandTopicsAreDescribedInOneAnswer() {
        List<CreatableTopic> topics = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            topics.add(AdminFixture.topic("topic-" + i, 1, 1));
        }
        fixture.create(topics.toArray(CreatableTopic[]::new));
        MetadataResponse all = ask(NEWEST, new MetadataRequest().topics(null));
        assertThat(all.topics())
                .hasSize(10_000)
                .allMatch(each -> each.partitions().size() == 1);
    }

    private MetadataResponse ask(int version, MetadataRequest request) {
        return fixture.ask(version, request, MetadataResponse.class);
    }

    private static MetadataRequest named(String... names) {
        List<MetadataRequestTopic> topics = new ArrayList<>();
        for (String name : names) {
            topics.add(topic(name, Uuids.ZERO));
        }
        return new MetadataRequest().topics(topics);
    }

    private static MetadataRequest of(MetadataRequestTopic... topics) {
        return new MetadataRequest().topics(List.of(topics));
    }

    private static MetadataRequestTopic topic(@Nullable String name, UUID id) {
        return new MetadataRequestTopic().name(name).topicId(id);
    }

    private static MetadataResponseTopic only(MetadataResponse response) {
        assertThat(response.topics()).hasSize(1);
        return response.topics().get(0);
    }

    private static List<@Nullable String> names(MetadataResponse response) {
        List<@Nullable String> names = new ArrayList<>();
        response.topics().forEach(each -> names.add(each.name()));
        return names;
    }
}
