package io.millrace.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.AlterConfigsRequest;
import io.millrace.wire.message.AlterConfigsResponse;
import io.millrace.wire.message.DescribeConfigsRequest;
import io.millrace.wire.message.DescribeConfigsRequest.DescribeConfigsResource;
import io.millrace.wire.message.DescribeConfigsResponse;
import io.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import io.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsResult;
import io.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsSynonym;
import io.millrace.wire.message.IncrementalAlterConfigsRequest;
import io.millrace.wire.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.millrace.wire.message.IncrementalAlterConfigsRequest.AlterableConfig;
import io.millrace.wire.message.IncrementalAlterConfigsResponse;
import io.millrace.wire.message.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DescribeConfigs, AlterConfigs and IncrementalAlterConfigs: what one says must be what the others did. */
class ConfigHandlersTest {
    private static final byte TOPIC = 2;
    private static final byte BROKER = 4;
    private static final byte GROUP = 32;
    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    private final AdminFixture fixture = new AdminFixture("log.retention.hours", "24");

    @BeforeEach
    void createTopic() {
        fixture.given("a");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void describesEverySettingOfATopic(int version) {
        DescribeConfigsResult result = describe(version, request(TOPIC, "a", null));
        assertThat(result.errorCode()).isZero();
        assertThat(result.configs())
                .extracting(DescribeConfigsResourceResult::name)
                .contains("cleanup.policy", "retention.ms", "segment.bytes", "durability");
        assertThat(result.configs()).allMatch(each -> !each.readOnly() && !each.isSensitive());
    }

    @Test
    void describesOnlyTheKeysAskedForAndSkipsUnknownOnes() {
        assertThat(describe(4, request(TOPIC, "a", List.of("retention.ms", "nope")))
                        .configs())
                .extracting(DescribeConfigsResourceResult::name)
                .containsExactly("retention.ms");
        assertThat(describe(4, request(TOPIC, "a", List.of())).configs()).hasSizeGreaterThan(20);
    }

    @Test
    void tellsWhereATopicsValueComesFrom() {
        DescribeConfigsResourceResult before = describeKey(TOPIC, "a", "retention.ms");
        assertThat(before.value()).isEqualTo("86400000");
        assertThat(before.configSource()).isEqualTo((byte) 4);
        assertThat(before.configType()).isEqualTo((byte) 5);
        assertThat(before.documentation()).isNotEmpty();
        increment(TOPIC, "a", config("retention.ms", SET, "1000"));
        DescribeConfigsResourceResult after = describeKey(TOPIC, "a", "retention.ms");
        assertThat(after.value()).isEqualTo("1000");
        assertThat(after.configSource()).isEqualTo((byte) 1);
        assertThat(after.synonyms())
                .extracting(DescribeConfigsSynonym::name)
                .startsWith("retention.ms", "log.retention.hours");
    }

    @ParameterizedTest
    @CsvSource({
        "2, gone, UNKNOWN_TOPIC_OR_PARTITION, does not exist",
        "2, a b, INVALID_TOPIC_EXCEPTION, Topic name is invalid",
        "2, '', INVALID_TOPIC_EXCEPTION, Topic name is invalid",
        "4, 9, INVALID_REQUEST, 'Unexpected broker id, expected 1 or empty string, but received 9'",
        "4, x, INVALID_REQUEST, 'Broker id must be an integer, but it is: x'",
        "32, '', INVALID_REQUEST, Group name must not be empty",
        "8, 1, INVALID_REQUEST, Unsupported resource type BROKER_LOGGER",
        "99, x, INVALID_REQUEST, Unknown resource type 99"
    })
    void namesTheTroubleWithAResource(byte type, String name, ErrorCode error, String message) {
        DescribeConfigsResult result = describe(4, request(type, name, null));
        assertThat(result.errorCode()).isEqualTo(error.code());
        assertThat(result.errorMessage()).contains(message);
        assertThat(result.configs()).isEmpty();
        AlterConfigsResourceResponse altered = increment(type, name, config("retention.ms", SET, "1"));
        assertThat(altered.errorCode()).isNotZero();
    }

    @Test
    void describesTheBrokerAndWhatCanBeChangedWhileItRuns() {
        assertThat(describeKey(BROKER, "1", "log.retention.hours").value()).isEqualTo("24");
        assertThat(describeKey(BROKER, "1", "node.id").readOnly()).isTrue();
        assertThat(describeKey(BROKER, "1", "log.segment.bytes").readOnly()).isFalse();
        assertThat(describe(4, request(BROKER, "", null)).configs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void setsAndDeletesSingleSettings(int version) {
        assertThat(increment(version, TOPIC, "a", config("retention.ms", SET, "5"), config("segment.ms", SET, "6"))
                        .errorCode())
                .isZero();
        assertThat(configsOfA()).isEqualTo(Map.of("retention.ms", "5", "segment.ms", "6"));
        increment(version, TOPIC, "a", config("retention.ms", DELETE, null));
        assertThat(configsOfA()).isEqualTo(Map.of("segment.ms", "6"));
    }

    @Test
    void changesLists() {
        increment(TOPIC, "a", config("cleanup.policy", APPEND, "compact"));
        assertThat(configsOfA()).isEqualTo(Map.of("cleanup.policy", "delete,compact"));
        increment(TOPIC, "a", config("cleanup.policy", SUBTRACT, "delete"));
        assertThat(configsOfA()).isEqualTo(Map.of("cleanup.policy", "compact"));
        assertThat(increment(TOPIC, "a", config("retention.ms", APPEND, "1")).errorMessage())
                .isEqualTo("Can't APPEND to key retention.ms because its type is not LIST.");
    }

    @Test
    void changesAllSettingsOfAResourceOrNone() {
        AlterConfigsResourceResponse response =
                increment(TOPIC, "a", config("segment.ms", SET, "6"), config("retention.ms", SET, "x"));
        assertThat(response.errorCode()).isEqualTo(ErrorCode.INVALID_CONFIG.code());
        assertThat(response.errorMessage()).contains("Invalid value x for configuration retention.ms");
        assertThat(configsOfA()).isEmpty();
    }

    @Test
    void refusesMalformedWishes() {
        assertThat(increment(TOPIC, "a", config("retention.ms", SET, null)).errorMessage())
                .isEqualTo("Null value not supported for : retention.ms");
        assertThat(increment(TOPIC, "a", config("retention.ms", SET, "1"), config("retention.ms", SET, "2"))
                        .errorMessage())
                .isEqualTo("Error due to duplicate config keys");
        AlterConfigsResourceResponse unknownOperation = increment(TOPIC, "a", config("retention.ms", (byte) 9, "1"));
        assertThat(unknownOperation.errorMessage()).startsWith("Unknown operation type 9");
        assertThat(unknownOperation.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(increment(TOPIC, "", config("retention.ms", SET, "1")).errorMessage())
                .isEqualTo("Default topic resources are not allowed.");
        assertThat(configsOfA()).isEmpty();
    }

    @Test
    void aResourceThatOccursTwiceIsNotChanged() {
        IncrementalAlterConfigsRequest request = new IncrementalAlterConfigsRequest()
                .resources(List.of(
                        resource(TOPIC, "a", config("retention.ms", SET, "1")),
                        resource(TOPIC, "a", config("segment.ms", SET, "1"))));
        assertThat(fixture.ask(1, request, IncrementalAlterConfigsResponse.class)
                        .responses())
                .hasSize(2)
                .allMatch(each -> each.errorCode() == ErrorCode.INVALID_REQUEST.code());
        assertThat(configsOfA()).isEmpty();
    }

    @Test
    void validateOnlyChangesNothing() {
        IncrementalAlterConfigsRequest request = new IncrementalAlterConfigsRequest()
                .resources(List.of(resource(TOPIC, "a", config("retention.ms", SET, "1"))))
                .validateOnly(true);
        assertThat(fixture.ask(1, request, IncrementalAlterConfigsResponse.class)
                        .responses()
                        .get(0)
                        .errorCode())
                .isZero();
        assertThat(configsOfA()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void alterConfigsReplacesEverything(int version) {
        increment(TOPIC, "a", config("retention.ms", SET, "5"), config("segment.ms", SET, "6"));
        assertThat(replace(version, TOPIC, "a", "retention.ms", "7").errorCode())
                .isZero();
        assertThat(configsOfA()).isEqualTo(Map.of("retention.ms", "7"));
        replace(version, TOPIC, "a");
        assertThat(configsOfA()).isEmpty();
    }

    @Test
    void brokerSettingsReachTopicsThatDoNotSetTheirOwn() {
        assertThat(increment(BROKER, "1", config("log.retention.ms", SET, "123456"))
                        .errorCode())
                .isZero();
        increment(BROKER, "", config("log.segment.bytes", SET, "2000000"));
        DescribeConfigsResourceResult retention = describeKey(TOPIC, "a", "retention.ms");
        assertThat(retention.value()).isEqualTo("123456");
        assertThat(retention.configSource()).isEqualTo((byte) 2);
        DescribeConfigsResourceResult segment = describeKey(TOPIC, "a", "segment.bytes");
        assertThat(segment.value()).isEqualTo("2000000");
        assertThat(segment.configSource()).isEqualTo((byte) 3);
        assertThat(describe(4, request(BROKER, "", null)).configs())
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.name()).isEqualTo("log.segment.bytes");
                    assertThat(entry.configSource()).isEqualTo((byte) 3);
                });
        increment(BROKER, "1", config("log.retention.ms", DELETE, null));
        assertThat(describeKey(TOPIC, "a", "retention.ms").value()).isEqualTo("86400000");
    }

    @ParameterizedTest
    @CsvSource({
        "node.id, 7, cannot be changed while the broker runs",
        "log.dirs, /x, cannot be changed while the broker runs",
        "foo.bar, 1, unknown key",
        "log.retention.ms, x, allowed is",
        "log.segment.bytes, 1, allowed is"
    })
    void refusesBrokerSettingsThatCannotTakeEffect(String key, String value, String message) {
        AlterConfigsResourceResponse response = increment(BROKER, "1", config(key, SET, value));
        assertThat(response.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(response.errorMessage()).contains(key).contains(message);
    }

    @Test
    void setsAndDeletesSettingsOfAGroupThatNeedNotExist() {
        assertThat(increment(GROUP, "g", config("consumer.session.timeout.ms", SET, "50000"))
                        .errorCode())
                .isZero();
        DescribeConfigsResourceResult session = describeKey(GROUP, "g", "consumer.session.timeout.ms");
        assertThat(session.value()).isEqualTo("50000");
        assertThat(session.configSource()).isEqualTo((byte) 8);
        assertThat(session.readOnly()).isFalse();

        increment(GROUP, "g", config("consumer.session.timeout.ms", DELETE, null));

        DescribeConfigsResourceResult after = describeKey(GROUP, "g", "consumer.session.timeout.ms");
        assertThat(after.value()).isEqualTo("45000");
        assertThat(after.configSource()).isEqualTo((byte) 5);
        assertThat(fixture.image().groups()).isEmpty();
    }

    @Test
    void alterConfigsReplacesAllSettingsOfAGroup() {
        increment(GROUP, "g", config("consumer.session.timeout.ms", SET, "50000"));

        assertThat(replace(2, GROUP, "g", "consumer.heartbeat.interval.ms", "6000")
                        .errorCode())
                .isZero();

        assertThat(fixture.image().groupConfigs("g")).isEqualTo(Map.of("consumer.heartbeat.interval.ms", "6000"));
    }

    @ParameterizedTest
    @CsvSource({
        "g, consumer.session.timeout.ms, 1, INVALID_CONFIG, group.consumer.min.session.timeout.ms",
        "g, consumer.session.timeout.ms, x, INVALID_CONFIG, Invalid value x",
        "g, retention.ms, 1, INVALID_CONFIG, Unknown group config name: retention.ms",
        "'', consumer.session.timeout.ms, 50000, INVALID_REQUEST, Default group resources are not allowed."
    })
    void refusesSettingsOfGroupsThatAreNotAllowed(
            String group, String key, String value, ErrorCode error, String message) {
        AlterConfigsResourceResponse response = increment(GROUP, group, config(key, SET, value));

        assertThat(response.errorCode()).isEqualTo(error.code());
        assertThat(response.errorMessage()).contains(message);
        assertThat(fixture.image().groups()).isEmpty();
    }

    @Test
    void nothingOfAGroupIsAList() {
        assertThat(increment(GROUP, "g", config("consumer.session.timeout.ms", APPEND, "1"))
                        .errorMessage())
                .isEqualTo("Can't APPEND to key consumer.session.timeout.ms because its type is not LIST.");
    }

    private Map<String, String> configsOfA() {
        return Objects.requireNonNull(fixture.image().topic("a")).configs();
    }

    private DescribeConfigsResourceResult describeKey(byte type, String name, String key) {
        return describe(4, request(type, name, List.of(key))).configs().get(0);
    }

    private DescribeConfigsResult describe(int version, DescribeConfigsRequest request) {
        return fixture.ask(version, request, DescribeConfigsResponse.class)
                .results()
                .get(0);
    }

    private static DescribeConfigsRequest request(byte type, String name, @Nullable List<String> keys) {
        return new DescribeConfigsRequest()
                .resources(List.of(new DescribeConfigsResource()
                        .resourceType(type)
                        .resourceName(name)
                        .configurationKeys(keys)))
                .includeSynonyms(true)
                .includeDocumentation(keys != null);
    }

    private AlterConfigsResourceResponse increment(byte type, String name, AlterableConfig... configs) {
        return increment(1, type, name, configs);
    }

    private AlterConfigsResourceResponse increment(int version, byte type, String name, AlterableConfig... configs) {
        IncrementalAlterConfigsRequest request =
                new IncrementalAlterConfigsRequest().resources(List.of(resource(type, name, configs)));
        return fixture.ask(version, request, IncrementalAlterConfigsResponse.class)
                .responses()
                .get(0);
    }

    private AlterConfigsResponse.AlterConfigsResourceResponse replace(
            int version, byte type, String name, String... settings) {
        List<AlterConfigsRequest.AlterableConfig> configs = new ArrayList<>();
        AdminFixture.pairs(settings)
                .forEach((key, value) -> configs.add(
                        new AlterConfigsRequest.AlterableConfig().name(key).value(value)));
        AlterConfigsRequest request = new AlterConfigsRequest()
                .resources(List.of(new AlterConfigsRequest.AlterConfigsResource()
                        .resourceType(type)
                        .resourceName(name)
                        .configs(configs)));
        return fixture.ask(version, request, AlterConfigsResponse.class)
                .responses()
                .get(0);
    }

    private static AlterConfigsResource resource(byte type, String name, AlterableConfig... configs) {
        return new AlterConfigsResource().resourceType(type).resourceName(name).configs(List.of(configs));
    }

    private static AlterableConfig config(String name, byte operation, @Nullable String value) {
        return new AlterableConfig().name(name).configOperation(operation).value(value);
    }
}
