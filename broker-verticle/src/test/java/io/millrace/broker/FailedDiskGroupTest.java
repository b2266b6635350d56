package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.TestBroker;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.FindCoordinatorRequest;
import io.millrace.wire.message.FindCoordinatorResponse;
import io.millrace.wire.message.OffsetCommitRequest;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.millrace.wire.message.OffsetCommitResponse;
import io.millrace.wire.message.OffsetFetchRequest;
import io.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.millrace.wire.message.OffsetFetchResponse;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a group's offsets when the disk that they are on fails. */
@ExtendWith(VertxExtension.class)
class FailedDiskGroupTest {

    private static final String TOPIC = "letters";
    private static final Map<String, String> SETTINGS = Map.of("offsets.topic.num.partitions", "2");

    @TempDir
    Path data;

    @Test
    void whatWasAcknowledgedIsThereAfterwardsAndNothingElseIsAcknowledged(Vertx vertx) throws Exception {
        try (TestBroker broker = TestBroker.start(vertx, data, SETTINGS);
                RawClient client = broker.raw()) {
            BrokerVerticleTest.createTopic(broker, TOPIC, 1);
            assertThat(findCoordinator(client)).isEqualTo(ErrorCode.NONE);
            assertThat(commit(client, 1)).isEqualTo(ErrorCode.NONE);

            BrokerInsight.failFolder(broker.verticle(), data);

            assertThat(commit(client, 2)).isEqualTo(ErrorCode.NOT_COORDINATOR);
            assertThat(findCoordinator(client)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        }
        try (TestBroker broker = TestBroker.start(vertx, data, SETTINGS);
                RawClient client = broker.raw()) {
            OffsetFetchResponseGroup group = fetch(client);
            while (group.errorCode() == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS.code()) {
                group = fetch(client);
            }

            assertThat(group.topics().get(0).partitions().get(0).committedOffset())
                    .isEqualTo(1);
        }
    }

    private static ErrorCode findCoordinator(RawClient client) throws Exception {
        FindCoordinatorRequest request = new FindCoordinatorRequest().key("g");
        return ErrorCode.forCode(
                client.call(request, 3, FindCoordinatorResponse.class).errorCode());
    }

    private static ErrorCode commit(RawClient client, long offset) throws Exception {
        OffsetCommitRequest request = new OffsetCommitRequest()
                .groupId("g")
                .topics(List.of(new OffsetCommitRequestTopic()
                        .name(TOPIC)
                        .partitions(List.of(new OffsetCommitRequestPartition().committedOffset(offset)))));
        OffsetCommitResponse response = client.call(request, 9, OffsetCommitResponse.class);
        return ErrorCode.forCode(response.topics().get(0).partitions().get(0).errorCode());
    }

    private static OffsetFetchResponseGroup fetch(RawClient client) throws Exception {
        OffsetFetchRequest request = new OffsetFetchRequest()
                .groups(List.of(new OffsetFetchRequestGroup().groupId("g").topics(null)));
        return client.call(request, 9, OffsetFetchResponse.class).groups().get(0);
    }
}
