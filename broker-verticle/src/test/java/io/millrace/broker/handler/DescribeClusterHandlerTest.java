package io.millrace.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DescribeClusterRequest;
import io.millrace.wire.message.DescribeClusterResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescribeClusterHandlerTest {
    private final AdminFixture fixture = new AdminFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void namesTheClusterAndTheBrokersOfTheListener(int version) {
        fixture.addBrokerBehindAnotherListener(2);
        DescribeClusterResponse response = ask(version, new DescribeClusterRequest());
        assertThat(response.errorCode()).isZero();
        assertThat(response.clusterId()).isEqualTo("cluster-id-0123456789ab");
        assertThat(response.controllerId()).isEqualTo(1);
        assertThat(response.clusterAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
        assertThat(response.brokers()).singleElement().satisfies(broker -> {
            assertThat(broker.brokerId()).isEqualTo(1);
            assertThat(broker.host()).isEqualTo("broker-one");
            assertThat(broker.port()).isEqualTo(9092);
            assertThat(broker.rack()).isEqualTo("rack-a");
            assertThat(broker.isFenced()).isFalse();
        });
    }

    @Test
    void aBrokerOnAllInterfacesIsWhereTheClientReachedIt() {
        fixture.register(1, "");
        assertThat(ask(2, new DescribeClusterRequest()).brokers())
                .singleElement()
                .satisfies(broker -> assertThat(broker.host()).isEqualTo("127.0.0.1"));
    }

    @Test
    void tellsAuthorizedOperationsWhenAsked() {
        DescribeClusterRequest request = new DescribeClusterRequest().includeClusterAuthorizedOperations(true);
        assertThat(ask(2, request).clusterAuthorizedOperations()).isEqualTo(8096);
    }

    @Test
    void hasNoEndpointsOfControllers() {
        DescribeClusterResponse response = ask(1, new DescribeClusterRequest().endpointType((byte) 2));
        assertThat(response.errorCode()).isEqualTo(ErrorCode.MISMATCHED_ENDPOINT_TYPE.code());
        assertThat(response.errorMessage()).contains("BROKER");
    }

    @Test
    void refusesAnUnknownTypeOfEndpoint() {
        DescribeClusterResponse response = ask(1, new DescribeClusterRequest().endpointType((byte) 9));
        assertThat(response.errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_ENDPOINT_TYPE.code());
        assertThat(response.errorMessage()).isEqualTo("Unsupported endpoint type 9");
    }

    private DescribeClusterResponse ask(int version, DescribeClusterRequest request) {
        return fixture.ask(version, request, DescribeClusterResponse.class);
    }
}
