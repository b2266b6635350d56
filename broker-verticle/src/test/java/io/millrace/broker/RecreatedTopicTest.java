package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.Batches;
import io.millrace.broker.testing.BrokerTestBase;
import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.Requests;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DeleteTopicsRequest;
import io.millrace.wire.message.DeleteTopicsResponse;
import io.millrace.wire.message.FetchRequest;
import io.millrace.wire.message.FetchResponse;
import io.millrace.wire.message.ProduceRequest;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Names are not identities: who means the old topic by its id never gets to the new one of the same name. */
class RecreatedTopicTest extends BrokerTestBase {

    private static final int BY_NAME = 12;
    private static final int BY_ID = 13;
    private static final UUID NO_ID = new UUID(0, 0);

    @SuppressWarnings("NullAway.Init")
    private RawClient client;

    @SuppressWarnings("NullAway.Init")
    private UUID oldId;

    @BeforeEach
    void createTopic() throws Exception {
        client = client();
        oldId = Requests.createTopic(client, "t", 1, Map.of());
        assertThat(produce(oldId, "old")).isEqualTo(ErrorCode.NONE);
        assertThat(produce(oldId, "old")).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aProducerWithTheOldIdIsRefused() throws Exception {
        UUID newId = recreate();

        assertThat(produce(oldId, "late")).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
        assertThat(produce(NO_ID, "nobody's")).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);

        FetchResponse all = client.call(fetch(newId), BY_ID, FetchResponse.class);
        assertThat(Requests.first(all).highWatermark()).isEqualTo(1);
    }

    @Test
    void aConsumerWithTheOldIdGetsNoRecordOfTheNewTopic() throws Exception {
        UUID newId = recreate();

        assertRefused(client.call(fetch(oldId), BY_ID, FetchResponse.class));
        assertRefused(client.call(fetch(NO_ID), BY_ID, FetchResponse.class));
        assertThat(Requests.bytes(Requests.first(client.call(fetch(newId), BY_ID, FetchResponse.class))))
                .isPositive();
    }

    @Test
    void aSessionKeepsToTheOldId() throws Exception {
        FetchRequest start = fetch(oldId).sessionEpoch(0);
        FetchResponse before = client.call(start, BY_ID, FetchResponse.class);
        assertThat(Requests.bytes(Requests.first(before))).isPositive();
        UUID newId = recreate();

        for (int epoch = 1; epoch <= 2; epoch++) {
            assertRefused(client.call(incremental(before.sessionId(), epoch), BY_ID, FetchResponse.class));
        }
        FetchRequest added = incremental(before.sessionId(), 3);
        added.topics().add(fetch(newId).topics().get(0));
        FetchResponse both = client.call(added, BY_ID, FetchResponse.class);

        assertThat(both.responses()).hasSize(2).anySatisfy(topic -> {
            assertThat(topic.topicId()).isEqualTo(newId);
            assertThat(Requests.bytes(topic.partitions().get(0))).isPositive();
        });
    }

    /** Old versions cannot tell the topics apart; at least they are never served what is deleted. */
    @Test
    void aSessionByNameGoesOnWithTheNewTopic() throws Exception {
        FetchRequest start = Requests.fetch("t", 0, 2).sessionEpoch(0);
        FetchResponse before = client.call(start, BY_NAME, FetchResponse.class);
        assertThat(Requests.first(before).highWatermark()).isEqualTo(2);
        recreate();

        FetchResponse after = client.call(incremental(before.sessionId(), 1), BY_NAME, FetchResponse.class);

        assertThat(Requests.first(after).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
    }

    /** @return the id of the new topic, which has one record */
    private UUID recreate() throws IOException {
        DeleteTopicsRequest delete = new DeleteTopicsRequest().timeoutMs(10_000);
        delete.topicNames().add("t");
        assertThat(client.call(delete, 5, DeleteTopicsResponse.class)
                        .responses()
                        .get(0)
                        .errorCode())
                .isZero();
        UUID newId = Requests.createTopic(client, "t", 1, Map.of());
        assertThat(newId).isNotEqualTo(oldId);
        assertThat(produce(newId, "new")).isEqualTo(ErrorCode.NONE);
        return newId;
    }

    private ErrorCode produce(UUID id, String value) throws IOException {
        ProduceRequest request = Requests.produce("", 0, -1, Batches.of(System.currentTimeMillis(), value));
        request.topicData().get(0).topicId(id);
        return ErrorCode.forCode(Requests.produceTo(client, BY_ID, request).errorCode());
    }

    private static FetchRequest fetch(UUID id) {
        FetchRequest request = Requests.fetch("", 0, 0);
        request.topics().get(0).topicId(id);
        return request;
    }

    private static FetchRequest incremental(int session, int epoch) {
        FetchRequest request = Requests.fetch("", 0, 0).sessionId(session).sessionEpoch(epoch);
        request.topics().clear();
        return request;
    }

    private static void assertRefused(FetchResponse response) {
        assertThat(Requests.answers(response)).singleElement().satisfies(answer -> {
            assertThat(answer.errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
            assertThat(Requests.bytes(answer)).isZero();
        });
    }
}
