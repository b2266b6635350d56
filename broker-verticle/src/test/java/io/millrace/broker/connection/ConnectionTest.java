package io.millrace.broker.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.dispatch.ApiRegistry;
import io.millrace.broker.dispatch.Dispatcher;
import io.millrace.broker.handler.ApiVersionsHandler;
import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.StrictLogs;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.WireLimits;
import io.millrace.wire.message.ApiVersionsRequest;
import io.millrace.wire.message.ApiVersionsResponse;
import io.millrace.wire.message.FindCoordinatorRequest;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.junit5.ProvidedBy;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({StrictLogs.class, VertxExtension.class})
class ConnectionTest {

    private static final ConnectionSettings SETTINGS = new ConnectionSettings(1 << 20, 0, 4, 1 << 20, 1 << 16, 30_000);
    private static final short VERSION = 9;

    @SuppressWarnings("NullAway.Init")
    private Vertx vertx;

    private final HeldMetadata held = new HeldMetadata();
    private final List<RawClient> clients = new ArrayList<>();
    private MemoryBudget memory = new MemoryBudget(1 << 20);
    private ConnectionLimits limits = new ConnectionLimits(100, 100);
    private volatile ApiRegistry registry = new ApiRegistry(List.of());
    private int port;
    private @Nullable ConnectionAcceptor acceptor;

    private final class Listener extends VerticleBase {

        private final ConnectionSettings settings;

        Listener(ConnectionSettings settings) {
            this.settings = settings;
        }

        @Override
        public Future<?> start() {
            Context own = context;
            ConnectionAcceptor accepting = new ConnectionAcceptor(
                    own,
                    "PLAINTEXT",
                    settings,
                    limits,
                    memory,
                    vertx.createSharedWorkerExecutor("readers", 1),
                    new Dispatcher(registry, WireLimits.DEFAULT));
            acceptor = accepting;
            return vertx.createNetServer()
                    .connectHandler(accepting::accept)
                    .listen(0, "127.0.0.1")
                    .onSuccess(server -> port = server.actualPort());
        }
    }

    private void listen(ConnectionSettings settings) throws Exception {
        registry = new ApiRegistry(List.of(held, new ApiVersionsHandler(() -> registry)));
        vertx.deployVerticle(new Listener(settings)).await(10, TimeUnit.SECONDS);
    }

    private RawClient client() throws IOException {
        RawClient client = new RawClient(port);
        clients.add(client);
        return client;
    }

    @BeforeEach
    void hold(@ProvidedBy(StrictLogs.StrictVertx.class) Vertx provided) {
        vertx = provided;
    }

    @AfterEach
    void close() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        vertx.close().await(10, TimeUnit.SECONDS);
        assertThat(memory.reservedBytes()).isZero();
        assertThat(limits.count()).isZero();
    }

    @Test
    void answersInRequestOrderWhateverOrderTheHandlersFinishIn() throws Exception {
        listen(SETTINGS);
        RawClient client = client();
        int first = client.send(new MetadataRequest(), VERSION);
        int second = client.send(new MetadataRequest(), VERSION);
        HeldMetadata.Held heldFirst = held.next();
        HeldMetadata.Held heldSecond = held.next();

        heldSecond.answer("second");
        assertThat(client.isSilentFor(100)).isTrue();
        heldFirst.answer("first");

        assertThat(metadata(client, first)).isEqualTo("first");
        assertThat(metadata(client, second)).isEqualTo("second");
    }

    @Test
    void readsRequestsThatArriveByteByByte() throws Exception {
        listen(SETTINGS);
        RawClient client = client();
        for (byte each : RawClient.frame(new ApiVersionsRequest(), (short) 0, 77)) {
            client.sendBytes(new byte[] {each});
        }

        ApiVersionsResponse response = client.receive(ApiVersionsResponse.class, ApiKey.API_VERSIONS, 0, 77);

        assertThat(response.errorCode()).isZero();
    }

    @Test
    void readsManyRequestsThatArriveAtOnceAndOneThatIsCutInTwo() throws Exception {
        listen(SETTINGS);
        RawClient client = client();
        ByteBuffer bytes = ByteBuffer.allocate(10_000);
        for (int id = 1; id <= 50; id++) {
            bytes.put(RawClient.frame(new ApiVersionsRequest(), (short) 0, id));
        }
        byte[] all = Arrays.copyOf(bytes.array(), bytes.position());
        client.sendBytes(Arrays.copyOf(all, all.length - 7));
        client.sendBytes(Arrays.copyOfRange(all, all.length - 7, all.length));

        for (int id = 1; id <= 50; id++) {
            client.receive(ApiVersionsResponse.class, ApiKey.API_VERSIONS, 0, id);
        }
    }

    @Test
    void closesOnlyTheConnectionThatSendsAnImpossibleLength() throws Exception {
        listen(SETTINGS);
        RawClient good = client();
        for (int length : new int[] {-1, 0, 7, (1 << 20) + 1, Integer.MAX_VALUE}) {
            RawClient bad = client();
            bad.sendBytes(ByteBuffer.allocate(12).putInt(length).array());
            assertThat(bad.isClosedByBroker()).as("length %d", length).isTrue();
        }

        assertThat(good.call(new ApiVersionsRequest(), 0, ApiVersionsResponse.class)
                        .errorCode())
                .isZero();
    }

    @Test
    void closesTheConnectionOfAnApiThatIsNotOffered() throws Exception {
        listen(SETTINGS);
        RawClient unknownKey = client();
        unknownKey.sendBytes(header(999, 0, 0));
        assertThat(unknownKey.isClosedByBroker()).isTrue();

        RawClient notOffered = client();
        notOffered.send(new FindCoordinatorRequest().key("g"), 3);
        assertThat(notOffered.isClosedByBroker()).isTrue();
    }

    @Test
    void closesTheConnectionOfAVersionThatIsNotOffered() throws Exception {
        listen(SETTINGS);
        RawClient client = client();

        client.sendBytes(header(ApiKey.METADATA.id(), 99, 0));

        assertThat(client.isClosedByBroker()).isTrue();
    }

    @Test
    void answersAnUnknownVersionOfApiVersionsAsVersionZeroWithTheRangeToUse() throws Exception {
        listen(SETTINGS);
        RawClient client = client();
        client.sendBytes(header(ApiKey.API_VERSIONS.id(), 77, 4711));

        ApiVersionsResponse response = client.receive(ApiVersionsResponse.class, ApiKey.API_VERSIONS, 0, 4711);

        assertThat(response.errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
        assertThat(response.apiKeys()).hasSize(1);
        assertThat(response.apiKeys().get(0).apiKey()).isEqualTo(ApiKey.API_VERSIONS.id());
        assertThat(response.apiKeys().get(0).maxVersion()).isEqualTo((short) 4);
        assertThat(client.call(new ApiVersionsRequest(), 0, ApiVersionsResponse.class)
                        .errorCode())
                .as("the connection goes on")
                .isZero();
    }

    /** The shortest request that there can be. */
    private static byte[] header(int apiKey, int version, int correlationId) {
        return ByteBuffer.allocate(12)
                .putInt(8)
                .putShort((short) apiKey)
                .putShort((short) version)
                .putInt(correlationId)
                .array();
    }

    @Test
    void refusesAClientNameThatIsNoSoftwareName() throws Exception {
        listen(SETTINGS);
        RawClient client = client();
        ApiVersionsRequest request = new ApiVersionsRequest();
        request.clientSoftwareName("bad name!").clientSoftwareVersion("1.0");

        ApiVersionsResponse refused = client.call(request, 3, ApiVersionsResponse.class);
        ApiVersionsResponse accepted =
                client.call(request.clientSoftwareName("good-name"), 3, ApiVersionsResponse.class);

        assertThat(refused.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(accepted.errorCode()).isZero();
        assertThat(accepted.apiKeys()).hasSize(2);
    }

    /** As Kafka does; its own classes for requests leave the rest of the buffer alone. */
    @Test
    void ignoresBytesThatFollowTheMessage() throws Exception {
        listen(SETTINGS);
        RawClient client = client();
        for (short version : new short[] {0, 3}) {
            byte[] frame = RawClient.frame(new ApiVersionsRequest().clientSoftwareName("n"), version, version);
            byte[] longer = Arrays.copyOf(frame, frame.length + 3);
            ByteBuffer.wrap(longer).putInt(0, longer.length - 4);

            client.sendBytes(longer);

            client.receive(ApiVersionsResponse.class, ApiKey.API_VERSIONS, version, version);
        }
        client.call(new ApiVersionsRequest(), 0, ApiVersionsResponse.class);
    }

    @Test
    void startsNoMoreRequestsThanMayBeInFlight() throws Exception {
        listen(SETTINGS);
        RawClient client = client();
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ids.add(client.send(new MetadataRequest(), VERSION));
        }
        List<HeldMetadata.Held> first = List.of(held.next(), held.next(), held.next(), held.next());
        assertThat(client.isSilentFor(100)).isTrue();
        assertThat(held.started()).isEqualTo(4);

        first.forEach(each -> each.answer("a"));
        for (int i = 4; i < 10; i++) {
            held.next().answer("b");
        }

        for (int id : ids) {
            metadata(client, id);
        }
    }

    @Test
    void aLargeRequestComesWholeThoughTheGateClosesWhileItArrives() throws Exception {
        listen(SETTINGS);
        RawClient client = client();
        int first = client.send(new MetadataRequest(), VERSION);
        HeldMetadata.Held one = held.next();
        MetadataRequest large = new MetadataRequest()
                .topics(IntStream.range(0, 10)
                        .mapToObj(i -> new MetadataRequest.MetadataRequestTopic()
                                .name(String.valueOf((char) ('a' + i)).repeat(30_000)))
                        .toList());
        byte[] bytes = RawClient.frame(large, VERSION, first + 1);
        client.sendBytes(Arrays.copyOf(bytes, 100_000));
        while (memory.reservedBytes() < bytes.length) {
            Thread.onSpinWait(); // until it has begun
        }
        onLoop(one, () -> one.context().gate().close());
        for (int at = 100_000; at < bytes.length; at += 50_000) {
            client.sendBytes(Arrays.copyOfRange(bytes, at, Math.min(at + 50_000, bytes.length)));
        }
        onLoop(one, () -> one.context().gate().open());
        HeldMetadata.Held second = held.next();

        assertThat(second.request()).isEqualTo(large);
        one.answer("first");
        second.answer("second");
        metadata(client, first);
        metadata(client, first + 1);
    }

    @Test
    void startsNothingBehindAHandlerThatHoldsTheGate() throws Exception {
        listen(SETTINGS);
        RawClient client = client();
        int first = client.send(new MetadataRequest(), VERSION);
        HeldMetadata.Held one = held.next();
        onLoop(one, () -> one.context().gate().close());

        int second = client.send(new MetadataRequest(), VERSION);
        one.answer("first");
        metadata(client, first);
        assertThat(client.isSilentFor(100)).isTrue();
        assertThat(held.started()).isEqualTo(1);
        onLoop(one, () -> one.context().gate().open());

        held.next().answer("second");
        assertThat(metadata(client, second)).isEqualTo("second");
    }

    @Test
    void readsNoFurtherWhileTheMemoryBudgetIsSpentAndGoesOnAfterwards() throws Exception {
        memory = new MemoryBudget(5);
        listen(SETTINGS);
        RawClient greedy = client();
        int id = greedy.send(new MetadataRequest(), VERSION);
        HeldMetadata.Held one = held.next();

        RawClient other = client();
        int otherId = other.send(new ApiVersionsRequest(), 0);
        assertThat(other.isSilentFor(100)).isTrue();
        one.answer("done");

        metadata(greedy, id);
        other.receive(ApiVersionsResponse.class, ApiKey.API_VERSIONS, 0, otherId);
    }

    @Test
    void aReaderThatStopsReadingIsServedNoFurtherAndLosesNothing() throws Exception {
        held.answerAtOnce();
        listen(new ConnectionSettings(1 << 20, 0, 4, 1 << 20, 1 << 16, 30_000));
        RawClient slow = new RawClient(port, 4096);
        clients.add(slow);
        int count = 1_000;
        Thread sender = new Thread(() -> {
            try {
                for (int i = 0; i < count; i++) {
                    slow.send(new MetadataRequest(), VERSION);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        sender.start();
        int before = -1;
        while (before != held.started()) {
            before = held.started();
            TimeUnit.MILLISECONDS.timedJoin(sender, 300);
        }
        assertThat(before).as("requests started while nobody reads").isLessThan(count / 2);

        for (int i = 1; i <= count; i++) {
            metadata(slow, i);
        }
        sender.join();
    }

    @Test
    void closesASenderThatStallsWithinARequest() throws Exception {
        listen(new ConnectionSettings(1 << 20, 0, 4, 1 << 20, 1 << 16, 100));
        RawClient stalled = client();
        stalled.sendBytes(ByteBuffer.allocate(100_000).putInt(500_000).array());
        RawClient good = client();
        good.call(new ApiVersionsRequest(), 0, ApiVersionsResponse.class);

        assertThat(stalled.isClosedByBroker()).isTrue();
        assertThat(memory.reservedBytes()).isZero();
        assertThat(good.call(new ApiVersionsRequest(), 0, ApiVersionsResponse.class)
                        .errorCode())
                .isZero();
    }

    @Test
    void closesAnIdleConnectionButNotOneThatWaitsForAnAnswer() throws Exception {
        listen(new ConnectionSettings(1 << 20, 200, 4, 1 << 20, 1 << 16, 30_000));
        RawClient waiting = client();
        int id = waiting.send(new MetadataRequest(), VERSION);
        HeldMetadata.Held one = held.next();
        RawClient idle = client();

        assertThat(idle.isClosedByBroker()).isTrue();
        one.answer("late");

        assertThat(metadata(waiting, id)).isEqualTo("late");
    }

    @Test
    void refusesConnectionsAboveTheLimits() throws Exception {
        limits = new ConnectionLimits(3, 2);
        listen(SETTINGS);
        RawClient first = client();
        first.call(new ApiVersionsRequest(), 0, ApiVersionsResponse.class);
        RawClient second = client();
        second.call(new ApiVersionsRequest(), 0, ApiVersionsResponse.class);

        assertThat(client().isClosedByBroker()).isTrue();
        first.close();
        while (limits.count() > 1) {
            Thread.onSpinWait();
        }

        client().call(new ApiVersionsRequest(), 0, ApiVersionsResponse.class);
    }

    @Test
    void dropsTheAnswersOfAConnectionThatIsGone() throws Exception {
        listen(SETTINGS);
        RawClient client = client();
        client.send(new MetadataRequest(), VERSION);
        HeldMetadata.Held one = held.next();
        Promise<Void> gone = Promise.promise();
        onLoop(one, () -> one.context().gate().onDisconnect(gone::tryComplete));

        client.close();
        gone.future().await(10, TimeUnit.SECONDS);
        one.answer("nobody hears");

        while (memory.reservedBytes() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whenToldToStopItAnswersWhatHasStartedAndNothingElse() throws Exception {
        listen(SETTINGS);
        RawClient client = client();
        int first = client.send(new MetadataRequest(), VERSION);
        int second = client.send(new MetadataRequest(), VERSION);
        HeldMetadata.Held one = held.next();
        HeldMetadata.Held two = held.next();

        Future<Void> stopped = stop(one, 60_000);
        client.send(new MetadataRequest(), VERSION);
        two.answer("second");
        assertThat(client.isSilentFor(100)).isTrue();
        assertThat(stopped.isComplete()).isFalse();
        one.answer("first");

        assertThat(metadata(client, first)).isEqualTo("first");
        assertThat(metadata(client, second)).isEqualTo("second");
        assertThat(client.isClosedByBroker()).isTrue();
        assertThat(held.started()).isEqualTo(2);
        client.close();
        stopped.await(10, TimeUnit.SECONDS);
    }

    @Test
    void whenToldToStopItWaitsForHandlersNoLongerThanItMay() throws Exception {
        listen(SETTINGS);
        RawClient client = client();
        client.send(new MetadataRequest(), VERSION);
        HeldMetadata.Held one = held.next();

        stop(one, 100).await(10, TimeUnit.SECONDS);

        assertThat(client.isClosedByBroker()).isTrue();
        onLoop(one, () -> one.promise().complete(new MetadataResponse()));
    }

    private Future<Void> stop(HeldMetadata.Held held, long answerMs) {
        Promise<Void> stopped = Promise.promise();
        onLoop(held, () -> Objects.requireNonNull(acceptor).stop(answerMs).onComplete(stopped));
        return stopped.future();
    }

    private static void onLoop(HeldMetadata.Held held, Runnable action) {
        Promise<Void> done = Promise.promise();
        held.context().eventLoop().runOnContext(v -> {
            action.run();
            done.complete();
        });
        done.future().await();
    }

    private static String metadata(RawClient client, int id) throws IOException {
        String text = client.receive(MetadataResponse.class, ApiKey.METADATA, VERSION, id)
                .clusterId();
        return text == null ? "" : text;
    }
}
