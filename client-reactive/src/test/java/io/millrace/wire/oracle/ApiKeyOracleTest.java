package io.millrace.wire.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ApiKey;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ApiMessageType;
import org.junit.jupiter.api.Test;

class ApiKeyOracleTest {

    /** Kafka keeps the numbers of APIs that it removed, without versions. */
    private static List<ApiMessageType> living() {
        return Arrays.stream(ApiMessageType.values())
                .filter(type -> type.lowestSupportedVersion() <= type.highestSupportedVersion(true))
                .toList();
    }

    @Test
    void knowsTheApisThatKafkaKnows() {
        assertThat(Arrays.stream(ApiKey.values()).map(key -> key.name() + " " + key.id()))
                .containsExactlyInAnyOrderElementsOf(living().stream()
                        .map(type -> type.name() + " " + type.apiKey())
                        .toList());
    }

    @Test
    void hasAClassForEveryMessageOfKafka() {
        List<String> names =
                MessageKind.all().stream().map(MessageKind::toString).toList();
        assertThat(living()).allSatisfy(type -> {
            assertThat(names).contains(messageName(type.newRequest()), messageName(type.newResponse()));
        });
        assertThat(names)
                .contains("RequestHeader", "ResponseHeader")
                .contains("DefaultPrincipalData", "ConsumerProtocolSubscription", "ConsumerProtocolAssignment")
                .contains("OffsetCommitKey", "OffsetCommitValue", "GroupMetadataKey", "GroupMetadataValue")
                .contains("LeaderChangeMessage", "EndTxnMarker", "SnapshotHeaderRecord", "VotersRecord");
    }

    private static String messageName(Object message) {
        return message.getClass().getSimpleName().replaceAll("Data$", "");
    }

    @Test
    void hasKafkasVersionsAndHeaders() {
        assertThat(living()).allSatisfy(type -> {
            ApiKey key = Objects.requireNonNull(ApiKey.forId(type.apiKey()));
            assertThat(key.minVersion()).isEqualTo(type.lowestSupportedVersion());
            assertThat(key.maxVersion()).isEqualTo(type.highestSupportedVersion(true));
            assertThat(key.maxStableVersion()).isEqualTo(type.highestSupportedVersion(false));
            for (short version = key.minVersion(); version <= key.maxVersion(); version++) {
                assertThat(key.requestHeaderVersion(version)).isEqualTo(type.requestHeaderVersion(version));
                assertThat(key.responseHeaderVersion(version)).isEqualTo(type.responseHeaderVersion(version));
            }
        });
    }

    @Test
    void makesTheMessagesOfTheApi() {
        assertThat(ApiKey.values()).allSatisfy(key -> {
            assertThat(key.newRequest().apiKey()).isEqualTo(key);
            assertThat(key.newResponse().apiKey()).isEqualTo(key);
            assertThat(Stream.of(key.newRequest(), key.newResponse()))
                    .allMatch(message -> message.lowestSupportedVersion() == key.minVersion()
                            && message.highestSupportedVersion() == key.maxVersion());
        });
    }

    @Test
    void knowsNoOtherNumber() {
        assertThat(ApiKey.forId((short) -1)).isNull();
        assertThat(ApiKey.forId((short) 4)).isNull();
        assertThat(ApiKey.forId(Short.MAX_VALUE)).isNull();
    }
}
