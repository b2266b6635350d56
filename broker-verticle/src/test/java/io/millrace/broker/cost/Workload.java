package io.millrace.broker.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.Batches;
import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.Requests;
import io.millrace.broker.testing.TestBroker;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.BufferRecords;
import io.millrace.wire.message.FetchRequest;
import io.millrace.wire.message.FetchResponse;
import io.millrace.wire.message.ProduceRequest;
import io.millrace.wire.message.ProduceResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a {@link Scenario}, as a client of today sends them: topics by id, idempotent batches, fetches in a session.
 * It works on the thread of the test, so that what the broker's threads do is the broker's alone.
 */
final class Workload implements AutoCloseable {

    static final String TOPIC = "t";

    private static final int LOG_MEMORY_BYTES = 4 << 20;

    /** One event loop, and so little memory for the log that a few MB more are on the disk only. */
    static final Map<String, String> SETTINGS = Map.of(
            "num.network.threads",
            "1",
            "log.memory.bytes",
            String.valueOf(LOG_MEMORY_BYTES),
            "group.initial.rebalance.delay.ms",
            "0",
            "offsets.topic.num.partitions",
            "1");

    private static final int SMALL_BYTES = 100;
    private static final int LARGE_BYTES = 100 << 10;
    private static final int HUGE_BYTES = 500 << 10;

    /** Requests that a client sends at once, less than a connection may have in flight. */
    static final int PIPELINED = 50;

    private static final short PRODUCE_VERSION = 13;
    private static final short FETCH_VERSION = 18;
    private static final int PARTITIONS = 3;
    private static final int FETCH_BYTES = 1 << 20;
    private static final int WAIT_MS = 10_000;

    private final Scenario scenario;
    private final List<Client> clients = new ArrayList<>();

    /** Null where the scenario is not about a group. */
    private final @Nullable GroupWorkload group;

    private final UUID topicId;
    private final int[] sequences = new int[PARTITIONS];
    private int fetchSession;
    private int fetchEpoch;
    private long fetchOffset;

    Workload(Scenario scenario, TestBroker broker) throws IOException {
        this.scenario = scenario;
        for (int i = 0; i < PARTITIONS; i++) {
            clients.add(new Client(broker.raw()));
        }
        topicId = Requests.createTopic(client().socket, TOPIC, PARTITIONS, Map.of("durability", durability()));
        fillMemory();
        prepare();
        group = isOfGroup() ? new GroupWorkload(broker) : null;
    }

    private boolean isOfGroup() {
        return switch (scenario) {
            case HEARTBEAT, CONSUMER_HEARTBEAT, COMMIT, COMMIT_MANY -> true;
            default -> false;
        };
    }

    /** From now on memory for the log is used again, as in a broker that has run for a minute. */
    private void fillMemory() throws IOException {
        UUID other = Requests.createTopic(client().socket, "other", 1, Map.of());
        for (int i = 0; i < 2 * LOG_MEMORY_BYTES / LARGE_BYTES; i++) {
            client().send(List.of(produceRequest(other, 0, i, LARGE_BYTES)));
            receiveProduced(client(), 1);
        }
    }

    private String durability() {
        return switch (scenario) {
            case PRODUCE_SMALL_OS, PRODUCE_LARGE_OS -> "os";
            default -> "journal";
        };
    }

    /** Produces what is going to be fetched, and begins the session. */
    private void prepare() throws IOException {
        switch (scenario) {
            case FETCH_SMALL, FETCH_PIPELINED -> produce(SMALL_BYTES, 1);
            case FETCH_LARGE -> produce(LARGE_BYTES, 20);
            case FETCH_COLD -> produce(LARGE_BYTES, 100);
            default -> {
                return;
            }
        }
        fetch();
    }

    /** Sends what the scenario is about, and waits for the answers. */
    void run() throws IOException {
        switch (scenario) {
            case PRODUCE_SMALL, PRODUCE_SMALL_OS -> produce(SMALL_BYTES, 1);
            case PRODUCE_LARGE, PRODUCE_LARGE_OS -> produce(LARGE_BYTES, 1);
            case PRODUCE_HUGE -> produce(HUGE_BYTES, 1);
            case PRODUCE_PIPELINED -> {
                sendPipelined();
                receivePipelined();
            }
            case FETCH_SMALL, FETCH_LARGE, FETCH_COLD -> fetch();
            case FETCH_PIPELINED -> fetchPipelined();
            case FETCH_WOKEN -> fetchAndProduce();
            case HEARTBEAT -> group().heartbeat();
            case CONSUMER_HEARTBEAT -> group().consumerHeartbeat();
            case COMMIT -> group().commit(1);
            case COMMIT_MANY -> group().commit(100);
        }
    }

    /** One small batch from a client that does not wait for the answer, {@link #receiveProduced} does. */
    void sendProduce() throws IOException {
        client().send(List.of(produceRequest(0, SMALL_BYTES)));
    }

    void receiveProduced() throws IOException {
        receiveProduced(client(), 1);
    }

    /** From two clients, other than the one that the rest is about. */
    void sendPipelined() throws IOException {
        for (int partition = 1; partition < PARTITIONS; partition++) {
            List<ApiMessage> requests = new ArrayList<>();
            for (int i = 0; i < PIPELINED; i++) {
                requests.add(produceRequest(partition, SMALL_BYTES));
            }
            clients.get(partition).send(requests);
        }
    }

    void receivePipelined() throws IOException {
        for (int partition = 1; partition < PARTITIONS; partition++) {
            receiveProduced(clients.get(partition), PIPELINED);
        }
    }

    private void produce(int bytes, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            client().send(List.of(produceRequest(0, bytes)));
            receiveProduced(client(), 1);
        }
    }

    private ProduceRequest produceRequest(int partition, int bytes) {
        return produceRequest(topicId, partition, sequences[partition]++, bytes);
    }

    private static ProduceRequest produceRequest(UUID topicId, int partition, int sequence, int bytes) {
        ProduceRequest.TopicProduceData topic = new ProduceRequest.TopicProduceData().topicId(topicId);
        topic.partitionData()
                .add(new ProduceRequest.PartitionProduceData()
                        .index(partition)
                        .records(new BufferRecords(Batches.idempotent(
                                partition + 1, 0, sequence, System.currentTimeMillis(), "x".repeat(bytes)))));
        ProduceRequest request = new ProduceRequest().acks((short) -1).timeoutMs(WAIT_MS);
        request.topicData().add(topic);
        return request;
    }

    private static void receiveProduced(Client client, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            ProduceResponse response = client.receive(ProduceResponse.class, ApiKey.PRODUCE);
            assertThat(response.responses().get(0).partitionResponses().get(0).errorCode())
                    .isZero();
        }
    }

    private void fetch() throws IOException {
        client().send(List.of(fetchRequest()));
        receiveFetched();
    }

    private void fetchPipelined() throws IOException {
        List<ApiMessage> requests = new ArrayList<>();
        for (int i = 0; i < PIPELINED; i++) {
            requests.add(fetchRequest());
        }
        client().send(requests);
        for (int i = 0; i < PIPELINED; i++) {
            receiveFetched();
        }
    }

    /** On one connection, which makes sure that the fetch waits when the batch comes. */
    private void fetchAndProduce() throws IOException {
        client().send(List.of(fetchRequest(), produceRequest(0, SMALL_BYTES)));
        receiveFetched();
        receiveProduced(client(), 1);
        fetchOffset++;
    }

    private FetchRequest fetchRequest() {
        FetchRequest.FetchTopic topic = new FetchRequest.FetchTopic().topicId(topicId);
        topic.partitions()
                .add(new FetchRequest.FetchPartition()
                        .partition(0)
                        .currentLeaderEpoch(0)
                        .lastFetchedEpoch(fetchOffset > 0 ? 0 : -1)
                        .fetchOffset(fetchOffset)
                        .partitionMaxBytes(FETCH_BYTES));
        FetchRequest request = new FetchRequest()
                .maxWaitMs(WAIT_MS)
                .minBytes(1)
                .maxBytes(50 << 20)
                .sessionId(fetchSession)
                .sessionEpoch(fetchEpoch++);
        request.topics().add(topic);
        return request;
    }

    private void receiveFetched() throws IOException {
        FetchResponse response = client().receive(FetchResponse.class, ApiKey.FETCH);
        assertThat(response.errorCode()).isZero();
        assertThat(Requests.first(response).errorCode()).isZero();
        assertThat(Requests.bytes(Requests.first(response))).isPositive();
        fetchSession = response.sessionId();
    }

    private GroupWorkload group() {
        return Objects.requireNonNull(group);
    }

    private Client client() {
        return clients.get(0);
    }

    @Override
    public void close() throws IOException {
        for (Client client : clients) {
            client.socket.close();
        }
        if (group != null) {
            group.close();
        }
    }

    /** Numbers its requests, whose answers come in the same order. */
    private static final class Client {
        private final RawClient socket;
        private int sent;
        private int received;

        Client(RawClient socket) {
            this.socket = socket;
        }

        /** All with one write. */
        void send(List<? extends ApiMessage> requests) throws IOException {
            ByteArrayOutputStream frames = new ByteArrayOutputStream();
            for (ApiMessage request : requests) {
                frames.write(RawClient.frame(request, version(request.apiKey()), ++sent));
            }
            socket.sendBytes(frames.toByteArray());
        }

        <R extends ApiMessage> R receive(Class<R> type, ApiKey key) throws IOException {
            return socket.receive(type, key, version(key), ++received);
        }

        private static short version(ApiKey key) {
            return key == ApiKey.PRODUCE ? PRODUCE_VERSION : FETCH_VERSION;
        }
    }
}
