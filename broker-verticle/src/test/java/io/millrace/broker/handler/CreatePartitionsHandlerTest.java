package io.millrace.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.CreatePartitionsRequest;
import io.millrace.wire.message.CreatePartitionsRequest.CreatePartitionsAssignment;
import io.millrace.wire.message.CreatePartitionsRequest.CreatePartitionsTopic;
import io.millrace.wire.message.CreatePartitionsResponse;
import io.millrace.wire.message.CreatePartitionsResponse.CreatePartitionsTopicResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreatePartitionsHandlerTest {
    private static final int NEWEST = 3;

    private final AdminFixture fixture = new AdminFixture();

    @BeforeEach
    void createTopic() {
        fixture.given("a");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void addsPartitionsInEveryVersion(int version) {
        assertThat(ask(version, new CreatePartitionsRequest().topics(List.of(wish("a", 5))))
                        .get(0)
                        .errorCode())
                .isZero();
        assertThat(partitionsOfA()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({
        "a, 2, INVALID_PARTITIONS, Topic already has 2 partition(s).",
        "a, 1, INVALID_PARTITIONS, The topic a currently has 2 partition(s); 1 would not be an increase.",
        "a, -1, INVALID_PARTITIONS, The topic a currently has 2 partition(s); -1 would not be an increase.",
        "a, 10003, POLICY_VIOLATION, Excessively large number of partitions per request",
        "gone, 5, UNKNOWN_TOPIC_OR_PARTITION, This server does not host this topic-partition."
    })
    void refusesBadNumbers(String topic, int count, ErrorCode error, String message) {
        CreatePartitionsTopicResult result = only(wish(topic, count));
        assertThat(result.errorCode()).isEqualTo(error.code());
        assertThat(result.errorMessage()).contains(message);
        assertThat(partitionsOfA()).isEqualTo(2);
    }

    @Test
    void takesReplicasAsAssigned() {
        fixture.addBroker(2);
        assertThat(only(wish("a", 4).assignments(replicas(List.of(2), List.of(1))))
                        .errorCode())
                .isZero();
        assertThat(Objects.requireNonNull(fixture.image().topic("a"))
                        .partitions()
                        .get(2)
                        .replicas())
                .containsExactly(2);
    }

    @Test
    void refusesBadAssignments() {
        assertAssignmentRefused(wish("a", 4).assignments(replicas(List.of(1))), "Attempted to add 2 additional");
        assertAssignmentRefused(wish("a", 3).assignments(List.of()), "only 0 assignment(s) were specified");
        assertAssignmentRefused(wish("a", 3).assignments(replicas(List.of(7))), "includes broker 7");
        assertAssignmentRefused(wish("a", 3).assignments(replicas(List.of())), "an empty replica list");
    }

    @Test
    void aTopicThatOccursTwiceDoesNotGrow() {
        List<CreatePartitionsTopicResult> results =
                ask(NEWEST, new CreatePartitionsRequest().topics(List.of(wish("a", 4), wish("a", 5))));
        assertThat(results).singleElement().satisfies(result -> {
            assertThat(result.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
            assertThat(result.errorMessage()).isEqualTo("Duplicate topic name.");
        });
        assertThat(partitionsOfA()).isEqualTo(2);
    }

    @Test
    void validateOnlyAnswersAsIfAndAddsNothing() {
        CreatePartitionsRequest request =
                new CreatePartitionsRequest().topics(List.of(wish("a", 4))).validateOnly(true);
        assertThat(ask(NEWEST, request).get(0).errorCode()).isZero();
        assertThat(partitionsOfA()).isEqualTo(2);
    }

    private void assertAssignmentRefused(CreatePartitionsTopic wish, String message) {
        CreatePartitionsTopicResult result = only(wish);
        assertThat(result.errorCode()).isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT.code());
        assertThat(result.errorMessage()).contains(message);
    }

    private int partitionsOfA() {
        return Objects.requireNonNull(fixture.image().topic("a")).partitions().size();
    }

    private CreatePartitionsTopicResult only(CreatePartitionsTopic wish) {
        return ask(NEWEST, new CreatePartitionsRequest().topics(List.of(wish))).get(0);
    }

    private List<CreatePartitionsTopicResult> ask(int version, CreatePartitionsRequest request) {
        return fixture.ask(version, request.timeoutMs(10_000), CreatePartitionsResponse.class)
                .results();
    }

    private static CreatePartitionsTopic wish(String name, int count) {
        return new CreatePartitionsTopic().name(name).count(count).assignments(null);
    }

    @SafeVarargs
    private static List<CreatePartitionsAssignment> replicas(List<Integer>... brokers) {
        List<CreatePartitionsAssignment> assignments = new ArrayList<>();
        for (List<Integer> each : brokers) {
            assignments.add(new CreatePartitionsAssignment().brokerIds(each));
        }
        return assignments;
    }
}
