package io.millrace.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.DeleteTopicsRequest;
import io.millrace.wire.message.DeleteTopicsRequest.DeleteTopicState;
import io.millrace.wire.message.DeleteTopicsResponse;
import io.millrace.wire.message.DeleteTopicsResponse.DeletableTopicResult;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeleteTopicsHandlerTest {
    private static final int NEWEST = 6;

    private final AdminFixture fixture = new AdminFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void deletesByNameInOldVersions(int version) {
        fixture.given("a", "b");
        List<DeletableTopicResult> results =
                ask(version, new DeleteTopicsRequest().topicNames(List.of("a", "gone", "b", "b")));
        assertThat(results.get(0).errorCode()).isZero();
        assertThat(results.get(1).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(results.get(2).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(results).hasSize(3);
        assertThat(fixture.image().topic("a")).isNull();
        assertThat(fixture.image().topic("b")).isNotNull();
    }

    @Test
    void deletesByNameAndById() {
        fixture.given("a", "b");
        UUID a = fixture.topicId("a");
        UUID b = fixture.topicId("b");
        List<DeletableTopicResult> results = ask(NEWEST, of(state("a", Uuids.ZERO), state(null, b)));
        assertThat(results).extracting(DeletableTopicResult::errorCode).containsOnly((short) 0);
        assertThat(results).extracting(DeletableTopicResult::name).containsExactly("a", "b");
        assertThat(results).extracting(DeletableTopicResult::topicId).containsExactly(a, b);
        assertThat(fixture.image().topics()).isEmpty();
    }

    @Test
    void answersUnknownTopicsByWhatTheyWereCalled() {
        UUID unknown = AdminFixture.unknownId();
        List<DeletableTopicResult> results = ask(NEWEST, of(state("gone", Uuids.ZERO), state(null, unknown)));
        assertResult(results.get(0), "gone", Uuids.ZERO, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertResult(results.get(1), null, unknown, ErrorCode.UNKNOWN_TOPIC_ID);
    }

    @Test
    void refusesBothAndNeitherOfNameAndId() {
        fixture.given("a");
        UUID a = fixture.topicId("a");
        List<DeletableTopicResult> results = ask(NEWEST, of(state("a", a), state(null, Uuids.ZERO)));
        assertThat(results.get(0).errorMessage()).isEqualTo("You may not specify both topic name and topic id.");
        assertThat(results.get(1).errorMessage()).isEqualTo("Neither topic name nor id were specified.");
        assertThat(fixture.image().topic("a")).isNotNull();
    }

    @Test
    void doesNotDeleteATopicThatIsNamedTwice() {
        fixture.given("a", "b");
        UUID a = fixture.topicId("a");
        List<DeletableTopicResult> results =
                ask(NEWEST, of(state(null, a), state(null, a), state("b", Uuids.ZERO), state("b", Uuids.ZERO)));
        assertThat(results)
                .extracting(DeletableTopicResult::errorMessage)
                .containsExactly("Duplicate topic id.", "Duplicate topic name.");
        assertThat(fixture.image().topics()).hasSize(2);
    }

    @Test
    void doesNotDeleteATopicThatIsNamedByNameAndById() {
        fixture.given("a");
        List<DeletableTopicResult> results = ask(NEWEST, of(state("a", Uuids.ZERO), state(null, fixture.topicId("a"))));
        assertThat(results)
                .allMatch(each -> each.errorCode() == ErrorCode.INVALID_REQUEST.code())
                .allMatch(each ->
                        "The provided topic name maps to an ID that was already supplied.".equals(each.errorMessage()));
        assertThat(fixture.image().topic("a")).isNotNull();
    }

    @Test
    void aNewTopicOfTheSameNameHasAnotherId() {
        fixture.given("a");
        UUID before = fixture.topicId("a");
        ask(NEWEST, of(state("a", Uuids.ZERO)));
        fixture.given("a");
        assertThat(fixture.topicId("a")).isNotEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 6})
    void saysWhenDeletionIsDisabled(int version) {
        try (AdminFixture strict = new AdminFixture("delete.topic.enable", "false")) {
            strict.given("a");
            DeleteTopicsRequest request =
                    version < NEWEST ? new DeleteTopicsRequest().topicNames(List.of("a")) : of(state("a", Uuids.ZERO));
            DeletableTopicResult result = strict.ask(version, request, DeleteTopicsResponse.class)
                    .responses()
                    .get(0);
            assertThat(result.errorCode())
                    .isEqualTo((version < 3 ? ErrorCode.INVALID_REQUEST : ErrorCode.TOPIC_DELETION_DISABLED).code());
            assertThat(strict.image().topic("a")).isNotNull();
        }
    }

    private static void assertResult(DeletableTopicResult result, @Nullable String name, UUID id, ErrorCode error) {
        assertThat(result.name()).isEqualTo(name);
        assertThat(result.topicId()).isEqualTo(id);
        assertThat(result.errorCode()).isEqualTo(error.code());
    }

    private List<DeletableTopicResult> ask(int version, DeleteTopicsRequest request) {
        return fixture.ask(version, request.timeoutMs(10_000), DeleteTopicsResponse.class)
                .responses();
    }

    private static DeleteTopicsRequest of(DeleteTopicState... states) {
        return new DeleteTopicsRequest().topics(List.of(states));
    }

    private static DeleteTopicState state(@Nullable String name, UUID id) {
        return new DeleteTopicState().name(name).topicId(id);
    }
}
