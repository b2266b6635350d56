package io.millrace.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.FindCoordinatorRequest;
import io.millrace.wire.message.FindCoordinatorResponse;
import io.millrace.wire.message.FindCoordinatorResponse.Coordinator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
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
    void oneGroupHasNoCoordinatorYet(int version) {
        FindCoordinatorResponse response = ask(version, new FindCoordinatorRequest().key("group"));
        assertThat(response.errorCode()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE.code());
        assertThat(response.nodeId()).isEqualTo(-1);
        assertThat(response.port()).isEqualTo(-1);
        assertThat(response.host()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6})
    void manyGroupsAreAnsweredOneByOne(int version) {
        FindCoordinatorResponse response =
                ask(version, new FindCoordinatorRequest().coordinatorKeys(List.of("g", "h")));
        assertThat(response.coordinators()).extracting(Coordinator::key).containsExactly("g", "h");
        assertThat(response.coordinators())
                .allMatch(each -> each.errorCode() == ErrorCode.COORDINATOR_NOT_AVAILABLE.code())
                .allMatch(each -> each.nodeId() == -1 && each.port() == -1);
    }

    @ParameterizedTest
    @CsvSource({"1, COORDINATOR_NOT_AVAILABLE", "2, INVALID_REQUEST", "9, INVALID_REQUEST"})
    void knowsGroupsAndTransactionsOnly(byte keyType, ErrorCode error) {
        FindCoordinatorResponse response =
                ask(6, new FindCoordinatorRequest().keyType(keyType).coordinatorKeys(List.of("k")));
        assertThat(response.coordinators().get(0).errorCode()).isEqualTo(error.code());
    }

    private FindCoordinatorResponse ask(int version, FindCoordinatorRequest request) {
        return fixture.ask(version, request, FindCoordinatorResponse.class);
    }
}
