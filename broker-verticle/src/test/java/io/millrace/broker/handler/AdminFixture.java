package io.millrace.broker.handler;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.CurrentConfig;
import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.ApiRegistry;
import io.millrace.broker.dispatch.ConnectionInfo;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.dispatch.RequestGate;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.Endpoint;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.Outcome;
import io.millrace.cluster.election.BrokerDecisions;
import io.millrace.cluster.election.ConfigDecisions;
import io.millrace.cluster.log.SingleNodeLog;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.CreateTopicsRequest;
import io.millrace.wire.message.CreateTopicsRequest.CreatableReplicaAssignment;
import io.millrace.wire.message.CreateTopicsRequest.CreatableTopic;
import io.millrace.wire.message.CreateTopicsRequest.CreatableTopicConfig;
import io.millrace.wire.message.CreateTopicsResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The administrative handlers over a real metadata log, spoken to in the bytes of any version. */
final class AdminFixture implements AutoCloseable {
    private static final long TIMEOUT_S = 10;

    private final Path directory = newDirectory();
    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final MetadataLog log;
    private final ApiRegistry registry;

    AdminFixture(String... settings) {
        BrokerConfig config = BrokerConfig.parse(pairs(settings));
        log = await(SingleNodeLog.open(directory));
        await(log.submit(BrokerDecisions.register(
                1, List.of(new Endpoint("PLAINTEXT", "broker-one", 9092)), "rack-a", "cluster-id-0123456789ab")));
        registry = new ApiRegistry(
                AdminHandlers.create(log, (broker, topic, partition) -> false, config, new CurrentConfig(config)));
    }

    static Map<String, String> pairs(String... keysAndValues) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    MetadataLog log() {
        return log;
    }

    ClusterImage image() {
        return log.image();
    }

    UUID topicId(String name) {
        return Objects.requireNonNull(log.image().topic(name), name).id();
    }

    /** Registers another broker, which has no listener by the name that the tests come in by. */
    void addBrokerBehindAnotherListener(int id) {
        await(log.submit(BrokerDecisions.register(id, List.of(new Endpoint("INTERNAL", "other", 1)), null, "unused")));
    }

    void addBroker(int id) {
        register(id, "broker-" + id);
    }

    void register(int id, String host) {
        await(log.submit(BrokerDecisions.register(id, List.of(new Endpoint("PLAINTEXT", host, 9092)), null, "unused")));
    }

    /** Answers a request of that version; both pass through their bytes, so that the version's limits apply. */
    <R extends ApiMessage> R ask(int version, ApiMessage request, Class<R> responseType) {
        return responseType.cast(ask((short) version, request));
    }

    @SuppressWarnings("unchecked")
    private ApiMessage ask(short version, ApiMessage request) {
        ApiMessage received = WireCopy.of(request, version, request.apiKey().newRequest());
        ApiHandler<ApiMessage, ApiMessage> handler = (ApiHandler<ApiMessage, ApiMessage>)
                Objects.requireNonNull(registry.find(request.apiKey()), "no handler");
        Future<ApiMessage> answer = Future.future(promise -> context.runOnContext(start ->
                handler.handle(requestContext(received, version), received).onComplete(promise)));
        return WireCopy.of(await(answer), version, request.apiKey().newResponse());
    }

    private RequestContext requestContext(ApiMessage request, short version) {
        SocketAddress nowhere = SocketAddress.inetSocketAddress(1, "127.0.0.1");
        return new RequestContext(
                request.apiKey(),
                version,
                1,
                "test",
                new ConnectionInfo(1, nowhere, nowhere, "PLAINTEXT"),
                context,
                new OpenGate(),
                System.nanoTime(),
                () -> {});
    }

    CreateTopicsResponse create(CreatableTopic... topics) {
        return ask(7, new CreateTopicsRequest().topics(List.of(topics)), CreateTopicsResponse.class);
    }

    /** Creates topics with two partitions each, which must work. */
    void given(String... names) {
        List<CreatableTopic> topics = new ArrayList<>();
        for (String name : names) {
            topics.add(topic(name, 2, 1));
        }
        ask(7, new CreateTopicsRequest().topics(topics), CreateTopicsResponse.class)
                .topics()
                .forEach(each -> {
                    if (each.errorCode() != 0) {
                        throw new AssertionError(each.toString());
                    }
                });
    }

    void givenGroup(String id, Map<String, String> settings) {
        await(log.submit(ConfigDecisions.changeGroup(id, none -> new Outcome.Accepted<>(settings), after -> null)));
    }

    static CreatableTopic topic(String name, int partitions, int replicas, String... configs) {
        List<CreatableTopicConfig> settings = new ArrayList<>();
        pairs(configs)
                .forEach((key, value) ->
                        settings.add(new CreatableTopicConfig().name(key).value(value)));
        return new CreatableTopic()
                .name(name)
                .numPartitions(partitions)
                .replicationFactor((short) replicas)
                .configs(settings);
    }

    /** A topic whose partitions have these replicas. */
    @SafeVarargs
    static CreatableTopic assigned(String name, List<Integer>... replicas) {
        List<CreatableReplicaAssignment> assignments = new ArrayList<>();
        for (int i = 0; i < replicas.length; i++) {
            assignments.add(new CreatableReplicaAssignment().partitionIndex(i).brokerIds(replicas[i]));
        }
        return topic(name, -1, -1).assignments(assignments);
    }

    static UUID unknownId() {
        UUID id = new UUID(7, 7);
        assert !id.equals(Uuids.ZERO);
        return id;
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(TIMEOUT_S, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        await(log.close());
        await(vertx.close());
        delete(directory);
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("millrace-admin");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class OpenGate implements RequestGate {
        @Override
        public void close() {}

        @Override
        public void open() {}
    }
}
