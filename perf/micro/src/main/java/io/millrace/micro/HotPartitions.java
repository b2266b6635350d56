package io.millrace.micro;

import io.millrace.broker.dispatch.ConnectionInfo;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.dispatch.RequestGate;
import io.millrace.broker.fetch.FetchHandler;
import io.millrace.broker.fetch.FetchLoop;
import io.millrace.broker.handler.LeaderHints;
import io.millrace.broker.partition.Partition;
import io.millrace.broker.partition.PartitionLifecycle;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.ring.LogRings;
import io.millrace.broker.ring.RingOptions;
import io.millrace.broker.runtime.DelayWheel;
import io.millrace.broker.runtime.LoopInbox;
import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.OsFileStore;
import io.millrace.broker.storage.shard.AppendCommand;
import io.millrace.broker.storage.shard.DataFolder;
import io.millrace.broker.storage.shard.LogManager;
import io.millrace.broker.storage.shard.ShardOptions;
import io.millrace.cluster.Endpoint;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.election.BrokerDecisions;
import io.millrace.cluster.election.NewTopic;
import io.millrace.cluster.election.TopicDecisions;
import io.millrace.cluster.election.TopicDefaults;
import io.millrace.cluster.log.SingleNodeLog;
import io.millrace.wire.ApiKey;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * What a broker has behind its sockets, with one topic whose newest records are all in memory. The handler is used by the thread
 * of the benchmark, in the place of the event loop that owns it.
 */
final class HotPartitions implements AutoCloseable {

    static final UUID TOPIC = new UUID(1, 2);

    private static final String TOPIC_NAME = "orders";
    private static final String LISTENER = "PLAINTEXT";
    private static final int BROKER = 1;
    private static final int LEADER_EPOCH = 0;
    private static final long TAIL_BYTES = 64 << 20;
    private static final long UPKEEP_INTERVAL_MS = 300_000;
    private static final int OPEN_FILES_MAX = 1000;
    private static final int SESSIONS_MAX = 1000;
    private static final int FETCH_BYTES_MAX = 55 << 20;

    private final ScratchFolder folder = new ScratchFolder();
    private final Vertx vertx = Vertx.vertx();
    private final ContextInternal loop = (ContextInternal) vertx.getOrCreateContext();
    private final Partitions partitions = new Partitions();
    private final LogRings rings;
    private final MetadataLog metadata;

    HotPartitions(int count) throws IOException {
        FileStore store = new OsFileStore();
        LogConfig config = LogConfig.defaults();
        LogManager logs = LogManager.open(
                store,
                List.of(DataFolder.open(store, folder.path().resolve("data"))),
                ShardOptions.withMemory(TAIL_BYTES),
                OPEN_FILES_MAX,
                id -> config,
                new SplittableRandom(1),
                System.currentTimeMillis());
        rings = LogRings.start(logs, RingOptions.DEFAULT, vertx, System::currentTimeMillis, UPKEEP_INTERVAL_MS);
        metadata = Waiting.on(SingleNodeLog.open(folder.path().resolve("metadata")));
        Endpoint endpoint = new Endpoint(LISTENER, "localhost", 9092);
        Waiting.on(metadata.submit(BrokerDecisions.register(BROKER, List.of(endpoint), null, "cluster")));
        metadata.subscribe(new PartitionLifecycle(BROKER, partitions, logs, rings, (image, topic) -> config));
        NewTopic topic = new NewTopic(TOPIC_NAME, TOPIC, count, 1, Map.of(), Map.of());
        Waiting.on(metadata.submit(TopicDecisions.create(topic, new TopicDefaults(1, 1), configs -> null)));
    }

    /** Appends one batch to a partition, which owns it from now on, and waits until it can be read. */
    void append(int index, ByteBuf batch) {
        Partition partition = Objects.requireNonNull(partitions.find(TOPIC, index));
        Promise<AppendResult> done = Promise.promise();
        boolean taken = partition
                .ring()
                .tryAppend(new AppendCommand(
                        partition.log(), batch, LEADER_EPOCH, AppendOrigin.CLIENT, Runnable::run, done::complete));
        if (!taken || !Waiting.on(done.future()).isAccepted()) {
            throw new IllegalStateException("not appended to partition " + index);
        }
    }

    /** Answers fetches; one for each event loop. */
    FetchHandler handler() {
        EventLoop thread = loop.nettyEventLoop();
        FetchLoop shared = new FetchLoop(
                new DelayWheel(thread),
                new LoopInbox(thread),
                vertx.createSharedWorkerExecutor("readers", 1),
                new LeaderHints(metadata));
        return new FetchHandler(shared, partitions, 1, SESSIONS_MAX, FETCH_BYTES_MAX);
    }

    /** The circumstances of a request that came over the only connection. */
    RequestContext context(ApiKey key) {
        SocketAddress nowhere = SocketAddress.inetSocketAddress(9092, "127.0.0.1");
        return new RequestContext(
                key,
                key.maxVersion(),
                1,
                "consumer-1",
                new ConnectionInfo(1, nowhere, nowhere, LISTENER),
                loop,
                new OpenGate(),
                System.nanoTime(),
                () -> {});
    }

    @Override
    public void close() throws IOException {
        Waiting.on(metadata.close());
        Waiting.on(rings.close());
        Waiting.on(vertx.close());
        folder.close();
    }

    /** Of a connection that nothing holds up. */
    private static final class OpenGate implements RequestGate {
        @Override
        public void close() {}

        @Override
        public void open() {}
    }
}
