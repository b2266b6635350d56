package io.millrace.broker.handler;

import static io.millrace.broker.handler.AdminFixture.assigned;
import static io.millrace.broker.handler.AdminFixture.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.TopicImage;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.CreateTopicsRequest;
import io.millrace.wire.message.CreateTopicsRequest.CreatableReplicaAssignment;
import io.millrace.wire.message.CreateTopicsRequest.CreatableTopic;
import io.millrace.wire.message.CreateTopicsRequest.CreatableTopicConfig;
import io.millrace.wire.message.CreateTopicsResponse;
import io.millrace.wire.message.CreateTopicsResponse.CreatableTopicConfigs;
import io.millrace.wire.message.CreateTopicsResponse.CreatableTopicResult;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreateTopicsHandlerTest {
    private final AdminFixture fixture = new AdminFixture("num.partitions", "3");

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7})
    void createsATopicInEveryVersion(int version) {
        CreatableTopicResult result = only(fixture.ask(
                version,
                new CreateTopicsRequest().topics(List.of(topic("a", 4, 1, "retention.ms", "1000"))),
                CreateTopicsResponse.class));
        assertThat(result.errorCode()).isZero();
        assertThat(result.topicId()).isEqualTo(version < 7 ? Uuids.ZERO : fixture.topicId("a"));
        assertThat(result.numPartitions()).isEqualTo(version < 5 ? -1 : 4);
        assertThat(result.replicationFactor()).isEqualTo((short) (version < 5 ? -1 : 1));
        TopicImage created = Objects.requireNonNull(fixture.image().topic("a"));
        assertThat(created.partitions()).hasSize(4);
        assertThat(created.configs()).isEqualTo(Map.of("retention.ms", "1000"));
    }

    @Test
    void answersWithEverySettingInTheOrderOfNames() {
        List<CreatableTopicConfigs> configs = Objects.requireNonNull(
                only(fixture.create(topic("a", 1, 1, "retention.ms", "1000"))).configs());
        assertThat(configs).extracting(CreatableTopicConfigs::name).isSorted().contains("cleanup.policy");
        CreatableTopicConfigs retention = configs.stream()
                .filter(each -> each.name().equals("retention.ms"))
                .findFirst()
                .orElseThrow();
        assertThat(retention.value()).isEqualTo("1000");
        assertThat(retention.configSource()).isEqualTo((byte) 1);
        assertThat(retention.readOnly()).isFalse();
        assertThat(retention.isSensitive()).isFalse();
    }

    @Test
    void minusOneStandsForTheBrokersDefaults() {
        CreatableTopicResult result = only(fixture.create(topic("a", -1, -1)));
        assertThat(result.numPartitions()).isEqualTo(3);
        assertThat(result.replicationFactor()).isEqualTo((short) 1);
    }

    @Test
    void oneBadTopicDoesNotHoldUpTheOthers() {
        fixture.given("old");
        CreateTopicsResponse response = fixture.create(topic("old", 1, 1), topic("new", 1, 1));
        CreatableTopicResult old = response.topics().get(0);
        assertThat(old.errorCode()).isEqualTo(ErrorCode.TOPIC_ALREADY_EXISTS.code());
        assertThat(old.errorMessage()).isEqualTo("Topic 'old' already exists.");
        assertThat(old.numPartitions()).isEqualTo(-1);
        assertThat(response.topics().get(1).errorCode()).isZero();
        assertThat(response.topics().get(1).errorMessage()).isNull();
    }

    @Test
    void aNameThatOccursTwiceIsNotCreated() {
        CreateTopicsResponse response = fixture.create(topic("dup", 1, 1), topic("dup", 2, 1), topic("a", 1, 1));
        assertThat(response.topics()).hasSize(2);
        assertThat(response.topics().get(0).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(response.topics().get(0).errorMessage()).isEqualTo("Duplicate topic name.");
        assertThat(fixture.image().topic("dup")).isNull();
        assertThat(fixture.image().topic("a")).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "'', INVALID_TOPIC_EXCEPTION, the empty string is not allowed",
        ".., INVALID_TOPIC_EXCEPTION, '''..'' is not allowed'",
        "a b, INVALID_TOPIC_EXCEPTION, contains one or more characters other than ASCII alphanumerics",
        "old_name, INVALID_TOPIC_EXCEPTION, collides with existing topic: old.name",
        "__cluster_metadata, INVALID_REQUEST, Creation of internal topic __cluster_metadata is prohibited."
    })
    void refusesBadNames(String name, ErrorCode error, String message) {
        fixture.given("old.name");
        assertRefused(topic(name, 1, 1), error, message);
    }

    @Test
    void namesMayHave249Characters() {
        assertThat(only(fixture.create(topic("x".repeat(249), 1, 1))).errorCode())
                .isZero();
        assertRefused(topic("x".repeat(250), 1, 1), ErrorCode.INVALID_TOPIC_EXCEPTION, "max allowed length 249");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, INVALID_PARTITIONS, non-positive",
        "-2, 1, INVALID_PARTITIONS, non-positive",
        "1, 0, INVALID_REPLICATION_FACTOR, larger than 0",
        "1, -2, INVALID_REPLICATION_FACTOR, larger than 0",
        "1, 2, INVALID_REPLICATION_FACTOR, only 1 broker(s) are registered",
        "10001, 1, POLICY_VIOLATION, at most 10000 are allowed"
    })
    void refusesBadNumbers(int partitions, int replicas, ErrorCode error, String message) {
        assertRefused(topic("a", partitions, replicas), error, message);
    }

    @Test
    void theLimitOfPartitionsHoldsForTheWholeRequest() {
        CreateTopicsResponse response = fixture.create(topic("a", 5000, 1), topic("b", 5001, 1));
        assertThat(response.topics()).allMatch(each -> each.errorCode() == ErrorCode.POLICY_VIOLATION.code());
        assertThat(fixture.image().topics()).isEmpty();
    }

    @Test
    void tenThousandPartitionsAreFine() {
        assertThat(only(fixture.create(topic("a", 10_000, 1))).numPartitions()).isEqualTo(10_000);
    }

    @Test
    void takesReplicasAsAssigned() {
        fixture.addBroker(2);
        assertThat(only(fixture.create(assigned("a", List.of(2, 1), List.of(1, 2))))
                        .errorCode())
                .isZero();
        TopicImage created = Objects.requireNonNull(fixture.image().topic("a"));
        assertThat(created.partitions().get(0).replicas()).containsExactly(2, 1);
        assertThat(created.partitions().get(0).leader()).isEqualTo(2);
    }

    @Test
    void refusesBadAssignments() {
        fixture.addBroker(2);
        ErrorCode error = ErrorCode.INVALID_REPLICA_ASSIGNMENT;
        assertRefused(assigned("a", List.of(9)), error, "includes broker 9, but no such broker is registered.");
        assertRefused(assigned("a", List.of(1, 1)), error, "includes the broker 1 more than once.");
        assertRefused(assigned("a", List.of()), error, "includes an empty replica list.");
        assertRefused(assigned("a", List.of(1, 2), List.of(1)), error, "not consistent with previous partitions");
        assertRefused(withAssignments(0, 0), error, "Found multiple manual partition assignments for partition 0");
        assertRefused(withAssignments(0, 2), error, "partitions should be a consecutive 0-based integer sequence");
        assertRefused(
                assigned("a", List.of(1)).numPartitions(1),
                ErrorCode.INVALID_REQUEST,
                "numPartitions was not set to -1");
        assertRefused(
                assigned("a", List.of(1)).replicationFactor((short) 1),
                ErrorCode.INVALID_REQUEST,
                "replication factor was not set to -1");
    }

    @ParameterizedTest
    @CsvSource({
        "retention.mss, 1, Unknown topic config name: retention.mss",
        "retention.ms, abc, Invalid value abc for configuration retention.ms",
        "retention.ms, -5, Invalid value -5 for configuration retention.ms",
        "compression.type, foo, Invalid value foo for configuration compression.type",
        "segment.bytes, 10, at least 1048576",
        "segment.bytes, 99999999999, Invalid value 99999999999 for configuration segment.bytes",
        "cleanup.policy, x, Invalid value x for configuration cleanup.policy"
    })
    void refusesBadSettings(String key, String value, String message) {
        assertRefused(topic("a", 1, 1, key, value), ErrorCode.INVALID_CONFIG, message);
    }

    @Test
    void takesKafkasDefaultForWhatItDoesNotDo() {
        assertThat(only(fixture.create(topic("a", 1, 1, "unclean.leader.election.enable", "false")))
                        .errorCode())
                .isZero();
        assertRefused(
                topic("b", 1, 1, "remote.storage.enable", "true"),
                ErrorCode.INVALID_CONFIG,
                "Invalid value true for configuration remote.storage.enable: allowed is false only");
    }

    @Test
    void refusesASettingWithoutAValue() {
        CreatableTopic topic = topic("a", 1, 1)
                .configs(List.of(new CreatableTopicConfig().name("retention.ms").value(null)));
        assertRefused(topic, ErrorCode.INVALID_CONFIG, "Null value not supported for topic configs: retention.ms");
    }

    @Test
    void validateOnlyAnswersAsIfAndCreatesNothing() {
        CreateTopicsRequest request = new CreateTopicsRequest()
                .topics(List.of(topic("good", 2, 1), topic("bad", 0, 1)))
                .validateOnly(true);
        CreateTopicsResponse response = fixture.ask(7, request, CreateTopicsResponse.class);
        assertThat(response.topics().get(0).errorCode()).isZero();
        assertThat(response.topics().get(0).numPartitions()).isEqualTo(2);
        assertThat(response.topics().get(1).errorCode()).isEqualTo(ErrorCode.INVALID_PARTITIONS.code());
        assertThat(fixture.image().topics()).isEmpty();
    }

    @Test
    void anEmptyRequestIsFine() {
        assertThat(fixture.create().topics()).isEmpty();
    }

    private void assertRefused(CreatableTopic topic, ErrorCode error, String message) {
        CreatableTopicResult result = only(fixture.create(topic));
        assertThat(result.errorMessage()).contains(message);
        assertThat(result.errorCode()).isEqualTo(error.code());
    }

    private static CreatableTopic withAssignments(int... indexes) {
        CreatableTopic topic = topic("a", -1, -1);
        for (int index : indexes) {
            topic.assignments()
                    .add(new CreatableReplicaAssignment().partitionIndex(index).brokerIds(List.of(1)));
        }
        return topic;
    }

    private static CreatableTopicResult only(CreateTopicsResponse response) {
        assertThat(response.topics()).hasSize(1);
        return response.topics().get(0);
    }
}
