package io.millrace.broker.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.ApiRegistry;
import io.millrace.broker.dispatch.Dispatcher;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.StrictLogs;
import io.millrace.wire.ApiKey;
import io.millrace.wire.WireLimits;
import io.millrace.wire.message.DescribeClusterRequest;
import io.millrace.wire.message.DescribeClusterResponse;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataRequest.MetadataRequestTopic;
import io.millrace.wire.message.MetadataResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Memory that is short: who may hold it, for how long, and what counts. */
@ExtendWith(StrictLogs.class)
class ConnectionPressureTest {
    private static final short VERSION = 9;
    private static final int LARGE = 200_000;
    private static final ConnectionSettings SETTINGS = new ConnectionSettings(1 << 20, 0, 64, 1 << 20, 1 << 20, 2_000);

    private final Vertx vertx = StrictLogs.vertx();
    private final List<RawClient> clients = new ArrayList<>();
    private final ConnectionLimits limits = new ConnectionLimits(100, 100);
    private final HeldMetadata held = new HeldMetadata();
    private final Large large = new Large();
    private MemoryBudget memory = new MemoryBudget(1 << 20);
    private int port;

    /** Answers at once, at length. */
    private static final class Large implements ApiHandler<DescribeClusterRequest, DescribeClusterResponse> {
        private final AtomicInteger started = new AtomicInteger();

        @Override
        public ApiKey key() {
            return ApiKey.DESCRIBE_CLUSTER;
        }

        @Override
        public Future<DescribeClusterResponse> handle(RequestContext context, DescribeClusterRequest request) {
            started.incrementAndGet();
            List<DescribeClusterResponse.DescribeClusterBroker> brokers = new ArrayList<>();
            for (int i = 0; i < LARGE / 1_000; i++) {
                brokers.add(new DescribeClusterResponse.DescribeClusterBroker().host("x".repeat(990)));
            }
            return Future.succeededFuture(new DescribeClusterResponse().brokers(brokers));
        }
    }

    private final class Listener extends VerticleBase {
        @Override
        public Future<?> start() {
            Context own = context;
            Dispatcher dispatcher = new Dispatcher(new ApiRegistry(List.of(held, large)), WireLimits.DEFAULT);
            ConnectionAcceptor acceptor = new ConnectionAcceptor(
                    own,
                    "PLAINTEXT",
                    SETTINGS,
                    limits,
                    memory,
                    vertx.createSharedWorkerExecutor("readers", 1),
                    dispatcher);
            return vertx.createNetServer()
                    .connectHandler(acceptor::accept)
                    .listen(0, "127.0.0.1")
                    .onSuccess(server -> port = server.actualPort());
        }
    }

    private RawClient client(int receiveBufferBytes) throws Exception {
        if (port == 0) {
            vertx.deployVerticle(new Listener()).await(10, TimeUnit.SECONDS);
        }
        RawClient client = new RawClient(port, receiveBufferBytes);
        clients.add(client);
        return client;
    }

    @AfterEach
    void close() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        vertx.close().await(10, TimeUnit.SECONDS);
        assertThat(memory.reservedBytes()).isZero();
    }

    @Test
    void elementsCountAsMemoryWhileTheRequestIsAtItsHandler() throws Exception {
        RawClient client = client(0);
        List<MetadataRequestTopic> topics = Collections.nCopies(5_000, new MetadataRequestTopic().name("t"));
        client.send(new MetadataRequest().topics(topics), VERSION);

        awaitReserved(500_000);
        held.next().answer("");

        awaitReserved(0);
    }

    @Test
    void responsesThatWaitBehindOneThatIsNotReadyCountAndStopTheNextRequests() throws Exception {
        RawClient client = client(0);
        client.send(new MetadataRequest().topics(null), VERSION);
        for (int i = 0; i < 20; i++) {
            client.send(new DescribeClusterRequest(), 0);
        }

        awaitReserved(1 << 20);
        assertThat(client.isSilentFor(200)).isTrue();
        assertThat(large.started.get()).isEqualTo(6);
        held.next().answer("");

        client.receive(MetadataResponse.class, ApiKey.METADATA, VERSION, 1);
        for (int id = 2; id <= 21; id++) {
            client.receive(DescribeClusterResponse.class, ApiKey.DESCRIBE_CLUSTER, 0, id);
        }
        awaitReserved(0);
    }

    @Test
    void whoDoesNotReadIsClosedOnlyWhileOthersWaitForTheMemory() throws Exception {
        memory = new MemoryBudget(400_000);
        RawClient lazy = client(4096);
        for (int i = 0; i < 64; i++) {
            lazy.send(new DescribeClusterRequest(), 0);
        }
        awaitReserved(400_000);
        RawClient other = client(0);
        int id = other.send(new DescribeClusterRequest(), 0);

        other.receive(DescribeClusterResponse.class, ApiKey.DESCRIBE_CLUSTER, 0, id);

        while (limits.count() > 1) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whoTricklesALargeRequestIsClosedWhileOthersWaitForTheMemory() throws Exception {
        memory = new MemoryBudget(900_000);
        RawClient slow = client(0);
        slow.sendBytes(ByteBuffer.allocate(12).putInt(1_000_000).array());
        awaitReserved(900_000);
        RawClient other = client(0);
        int id = other.send(new DescribeClusterRequest(), 0);
        Thread trickle = new Thread(() -> {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    slow.sendBytes(new byte[1]);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                }
            } catch (IOException closed) {
                Thread.currentThread().interrupt();
            }
        });
        trickle.start();

        other.receive(DescribeClusterResponse.class, ApiKey.DESCRIBE_CLUSTER, 0, id);

        trickle.join();
    }

    private void awaitReserved(long bytes) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (bytes == 0 ? memory.reservedBytes() != 0 : memory.reservedBytes() < bytes) {
            assertThat(System.nanoTime())
                    .as("%d bytes reserved", memory.reservedBytes())
                    .isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
