package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.testing.BrokerTestBase;
import io.millrace.broker.testing.RawClient;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import io.millrace.wire.message.FindCoordinatorRequest;
import io.millrace.wire.message.FindCoordinatorResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kafka's own admin client sets what a group goes by, and members are told. */
class GroupConfigClientTest extends BrokerTestBase {
    private static final String GROUP = "readers";
    private static final String HEARTBEAT = "consumer.heartbeat.interval.ms";
    private static final ConfigResource RESOURCE = new ConfigResource(ConfigResource.Type.GROUP, GROUP);

    @SuppressWarnings("NullAway.Init")
    private Admin admin;

    private int members;

    @BeforeEach
    void open() {
        admin = broker().admin();
    }

    @AfterEach
    void close() {
        admin.close();
    }

    @Test
    void membersAreToldWhatTheirGroupHasSet() throws Exception {
        assertThat(interval(GROUP)).isEqualTo(5_000);

        alter(OpType.SET, HEARTBEAT, "7000");

        assertThat(interval(GROUP)).isEqualTo(7_000);
        assertThat(interval("others")).isEqualTo(5_000);
        ConfigEntry entry = entry();
        assertThat(entry.value()).isEqualTo("7000");
        assertThat(entry.source()).isEqualTo(ConfigSource.DYNAMIC_GROUP_CONFIG);
        assertThat(entry.type()).isEqualTo(ConfigEntry.ConfigType.INT);
        assertThat(entry.documentation()).isNotEmpty();
        assertThat(entry.synonyms())
                .extracting(ConfigEntry.ConfigSynonym::name)
                .containsExactly(HEARTBEAT, "group.consumer.heartbeat.interval.ms");
        assertThat(admin.listConfigResources().all().get()).contains(RESOURCE);
    }

    @Test
    void aSettingThatIsDeletedIsTheBrokersAgain() throws Exception {
        alter(OpType.SET, HEARTBEAT, "7000");

        alter(OpType.DELETE, HEARTBEAT, "");

        assertThat(interval(GROUP)).isEqualTo(5_000);
        assertThat(entry().source()).isEqualTo(ConfigSource.DEFAULT_CONFIG);
        assertThat(admin.listConfigResources().all().get()).doesNotContain(RESOURCE);
    }

    @Test
    void settingsSurviveARestart() throws Exception {
        alter(OpType.SET, HEARTBEAT, "7000");
        admin.close();

        restartBroker();
        admin = broker().admin();

        assertThat(interval(GROUP)).isEqualTo(7_000);
        assertThat(entry().value()).isEqualTo("7000");
    }

    @Test
    void whatIsNotAllowedIsRefusedAndChangesNothing() throws Exception {
        assertThatThrownBy(() -> alter(OpType.SET, HEARTBEAT, "1000"))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining(
                        HEARTBEAT + " must be greater than or equal to group.consumer.min.heartbeat.interval.ms");
        assertThatThrownBy(() -> alter(OpType.SET, "heartbeat", "7000"))
                .hasCauseInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("Unknown group config name: heartbeat");

        assertThat(entry().source()).isEqualTo(ConfigSource.DEFAULT_CONFIG);
    }

    private void alter(OpType operation, String key, String value) throws Exception {
        AlterConfigOp op = new AlterConfigOp(new ConfigEntry(key, value), operation);
        admin.incrementalAlterConfigs(Map.of(RESOURCE, List.of(op))).all().get();
    }

    private ConfigEntry entry() throws Exception {
        var options = new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
        var all = admin.describeConfigs(List.of(RESOURCE), options).all().get();
        return Objects.requireNonNull(all.get(RESOURCE)).get(HEARTBEAT);
    }

    /** What another member is told that joins the group. */
    private int interval(String group) throws Exception {
        RawClient client = client();
        client.call(new FindCoordinatorRequest().key(group), 3, FindCoordinatorResponse.class);
        ConsumerGroupHeartbeatResponse answer;
        do {
            answer = client.call(
                    new ConsumerGroupHeartbeatRequest()
                            .groupId(group)
                            .memberId("m" + ++members)
                            .rebalanceTimeoutMs(60_000)
                            .subscribedTopicNames(List.of("t"))
                            .topicPartitions(List.of()),
                    1,
                    ConsumerGroupHeartbeatResponse.class);
        } while (answer.errorCode() == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS.code());
        assertThat(answer.errorCode()).as(String.valueOf(answer.errorMessage())).isZero();
        return answer.heartbeatIntervalMs();
    }
}
