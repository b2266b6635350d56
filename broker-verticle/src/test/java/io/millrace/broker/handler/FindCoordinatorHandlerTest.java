package io.millrace.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.TopicImage;
import io.millrace.cluster.election.TopicNames;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.FindCoordinatorRequest;
import io.millrace.wire.message.FindCoordinatorResponse;
import io.millrace.wire.message.FindCoordinatorResponse.Coordinator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FindCoordinatorHandlerTest {
    private final AdminFixture fixture = new AdminFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aGroupIsCoordinatedByTheLeaderOfItsPartition(int version) {
        FindCoordinatorResponse response = ask(version, new FindCoordinatorRequest().key("group"));
        assertThat(response.errorCode()).isZero();
        assertThat(response.nodeId()).isEqualTo(1);
        assertThat(response.host()).isEqualTo("broker-one");
        assertThat(response.port()).isEqualTo(9092);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6})
    void manyGroupsAreAnsweredOneByOne(int version) {
        FindCoordinatorResponse response =
                ask(version, new FindCoordinatorRequest().coordinatorKeys(List.of("g", "h")));
        assertThat(response.coordinators()).extracting(Coordinator::key).containsExactly("g", "h");
        assertThat(response.coordinators()).allMatch(each -> each.errorCode() == 0 && each.nodeId() == 1);
    }

    @Test
    void theFirstToAskMakesTheTopicAsKafkaHasIt() {
        ask(6, new FindCoordinatorRequest().coordinatorKeys(List.of("g")));
        UUID id = offsets(fixture).id();
        ask(6, new FindCoordinatorRequest().coordinatorKeys(List.of("h")));

        TopicImage topic = offsets(fixture);
        assertThat(topic.id()).isEqualTo(id);
        assertThat(topic.partitions()).hasSize(50);
        assertThat(topic.configs())
                .containsEntry("cleanup.policy", "compact")
                .containsEntry("compression.type", "producer")
                .containsEntry("segment.bytes", "104857600");
    }

    @Test
    void thereIsNoCoordinatorWhereTheTopicCannotBe() {
        try (AdminFixture two = new AdminFixture("offsets.topic.replication.factor", "2")) {
            FindCoordinatorResponse response =
                    two.ask(0, new FindCoordinatorRequest().key("g"), FindCoordinatorResponse.class);
            assertThat(response.errorCode()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE.code());
            assertThat(response.nodeId()).isEqualTo(-1);
            assertThat(response.port()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, This broker has no transactions",
        "2, Unknown coordinator key type 2",
        "9, Unknown coordinator key type 9"
    })
    void clientsGiveUpWhereNothingWillEverCoordinate(byte keyType, String why) {
        FindCoordinatorResponse response =
                ask(6, new FindCoordinatorRequest().keyType(keyType).coordinatorKeys(List.of("k")));
        assertThat(response.coordinators().get(0).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(response.coordinators().get(0).errorMessage()).startsWith(why);
        assertThat(fixture.image().topic(TopicNames.CONSUMER_OFFSETS)).isNull();
    }

    /** librdkafka, which asks in versions before 4, would take any other error for one that passes. */
    @Test
    void oneTransactionIsRefusedAsNotAllowed() {
        FindCoordinatorResponse response =
                ask(3, new FindCoordinatorRequest().keyType((byte) 1).key("k"));
        assertThat(response.errorCode()).isEqualTo(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code());
        assertThat(response.errorMessage()).startsWith("This broker has no transactions");
    }

    private static TopicImage offsets(AdminFixture fixture) {
        return Objects.requireNonNull(fixture.image().topic(TopicNames.CONSUMER_OFFSETS));
    }

    private FindCoordinatorResponse ask(int version, FindCoordinatorRequest request) {
        return fixture.ask(version, request, FindCoordinatorResponse.class);
    }
}
