package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.testing.BrokerTestBase;
import io.millrace.wire.ApiKey;
import io.millrace.wire.message.ApiVersionsRequest;
import io.millrace.wire.message.ApiVersionsResponse;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What clients are told that they may send. A change of this table is a change for every client: it must be meant. */
class AdvertisedApisTest extends BrokerTestBase {

    private static final String APIS = """
            PRODUCE 0-13
            FETCH 4-18
            LIST_OFFSETS 1-11
            METADATA 0-13
            OFFSET_COMMIT 2-10
            OFFSET_FETCH 1-10
            FIND_COORDINATOR 0-6
            JOIN_GROUP 0-9
            HEARTBEAT 0-4
            LEAVE_GROUP 0-5
            SYNC_GROUP 0-5
            DESCRIBE_GROUPS 0-6
            LIST_GROUPS 0-5
            API_VERSIONS 0-4
            CREATE_TOPICS 2-7
            DELETE_TOPICS 1-6
            DELETE_RECORDS 0-2
            INIT_PRODUCER_ID 0-5
            OFFSET_FOR_LEADER_EPOCH 2-4
            DESCRIBE_CONFIGS 1-4
            ALTER_CONFIGS 0-2
            DESCRIBE_LOG_DIRS 1-5
            CREATE_PARTITIONS 0-3
            DELETE_GROUPS 0-2
            INCREMENTAL_ALTER_CONFIGS 0-1
            OFFSET_DELETE 0-0
            DESCRIBE_CLUSTER 0-2
            DESCRIBE_PRODUCERS 0-0
            CONSUMER_GROUP_HEARTBEAT 0-1
            CONSUMER_GROUP_DESCRIBE 0-1
            LIST_CONFIG_RESOURCES 0-1
            DESCRIBE_TOPIC_PARTITIONS 0-0
            """;

    @Test
    void theApisAndTheirVersionsAreThese() throws Exception {
        ApiVersionsRequest request =
                new ApiVersionsRequest().clientSoftwareName("raw").clientSoftwareVersion("1");

        ApiVersionsResponse response = client().call(request, 4, ApiVersionsResponse.class);

        assertThat(response.apiKeys().stream().map(AdvertisedApisTest::line).collect(Collectors.joining()))
                .isEqualTo(APIS);
        assertThat(response.supportedFeatures()).isEmpty();
        assertThat(response.finalizedFeatures()).isEmpty();
    }

    private static String line(ApiVersionsResponse.ApiVersion api) {
        ApiKey key = Objects.requireNonNull(ApiKey.forId(api.apiKey()));
        return key + " " + api.minVersion() + "-" + api.maxVersion() + "\n";
    }
}
