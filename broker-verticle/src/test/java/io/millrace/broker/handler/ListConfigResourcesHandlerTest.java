package io.millrace.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ListConfigResourcesRequest;
import io.millrace.wire.message.ListConfigResourcesResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListConfigResourcesHandlerTest {
    private final AdminFixture fixture = new AdminFixture();

    @BeforeEach
    void createTopics() {
        fixture.given("a", "b");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void listsAllThatHasAConfiguration() {
        assertThat(list()).containsExactly("4 1", "2 a", "2 b");
    }

    @Test
    void listsSomeKindsOnly() {
        assertThat(list((byte) 2)).containsExactly("2 a", "2 b");
        assertThat(list((byte) 4)).containsExactly("4 1");
        assertThat(list((byte) 8, (byte) 16, (byte) 32)).isEmpty();
    }

    @Test
    void listsGroupsThatHaveSettingsOfTheirOwn() {
        fixture.givenGroup("readers", Map.of("consumer.session.timeout.ms", "50000"));

        assertThat(list()).containsExactly("4 1", "2 a", "2 b", "32 readers");
        assertThat(list((byte) 32)).containsExactly("32 readers");
    }

    @Test
    void refusesUnknownKinds() {
        ListConfigResourcesRequest request =
                new ListConfigResourcesRequest().resourceTypes(List.of((byte) 2, (byte) 99));
        assertThat(ask(1, request).errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
    }

    @Test
    void versionZeroAsksForClientMetricsOfWhichThereAreNone() {
        assertThat(ask(0, new ListConfigResourcesRequest()).configResources()).isEmpty();
    }

    private List<String> list(Byte... types) {
        return ask(1, new ListConfigResourcesRequest().resourceTypes(List.of(types))).configResources().stream()
                .map(each -> each.resourceType() + " " + each.resourceName())
                .toList();
    }

    private ListConfigResourcesResponse ask(int version, ListConfigResourcesRequest request) {
        return fixture.ask(version, request, ListConfigResourcesResponse.class);
    }
}
