package io.millrace.broker;

import io.millrace.broker.config.ListenerAddress;
import io.millrace.broker.connection.ConnectionLimits;
import io.millrace.broker.connection.ConnectionSettings;
import io.millrace.broker.connection.MemoryBudget;
import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.group.GroupCoordinators;
import io.millrace.broker.group.api.GroupHandlers;
import io.millrace.broker.handler.AdminHandlers;
import io.millrace.broker.handler.DeleteRecordsHandler;
import io.millrace.broker.handler.DescribeLogDirsHandler;
import io.millrace.broker.handler.DescribeProducersHandler;
import io.millrace.broker.handler.InitProducerIdHandler;
import io.millrace.broker.handler.ListOffsetsHandler;
import io.millrace.broker.handler.OfflineReplicas;
import io.millrace.broker.handler.OffsetForLeaderEpochHandler;
import io.millrace.broker.handler.ProducerIdPool;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.OsFileStore;
import io.millrace.broker.storage.shard.FlushSummary;
import io.millrace.cluster.Endpoint;
import io.millrace.cluster.election.BrokerDecisions;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.net.SocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A broker. Deploying it opens the data and listens; the deployment completes when clients are served. Undeploying it
 * answers the requests that have started, stops clients, makes everything durable and unlocks the data folders; then it
 * completes.
 *
 * <p>Several can run in one Vert.x, each with its own data folders and ports; port 0 stands for any free one, which
 * {@link #address()} tells.
 */
public final class BrokerVerticle extends VerticleBase {

    /** Threads that may wait for a disk or pack batches again, for all connections. */
    private static final int WORKERS = 4;

    private static final long WORKER_SECONDS_MAX = 60;
    private static final AtomicInteger INSTANCES = new AtomicInteger();

    /** Vert.x would let two brokers share a port, and give every second client to the wrong one. */
    private static final String PORTS_IN_USE = "io.millrace.broker.ports";

    private final BrokerConfig config;
    private final FileStore store;
    private final List<BoundListener> listeners;
    private final List<String> portsHeld = new ArrayList<>();
    private volatile @Nullable BrokerStorage storage;
    private volatile @Nullable FlushSummary flushed;

    public BrokerVerticle(BrokerConfig config) {
        this(config, new OsFileStore());
    }

    /** @param store holds the logs; the metadata log is always on the machine's own file system */
    BrokerVerticle(BrokerConfig config, FileStore store) {
        this.config = config;
        this.store = store;
        this.listeners = config.listeners().stream().map(BoundListener::new).toList();
    }

    /** Where clients connect, at the first listener. Once deployed. */
    public SocketAddress address() {
        BoundListener first = listeners.get(0);
        return SocketAddress.inetSocketAddress(first.port(), first.bindHost());
    }

    /** What the stop made durable, or null before it. */
    public @Nullable FlushSummary flushed() {
        return flushed;
    }

    /** Null unless the broker runs. */
    @Nullable
    BrokerStorage storage() {
        return storage;
    }

    @Override
    public Future<?> start() {
        try {
            holdPorts();
        } catch (IllegalStateException e) {
            return Future.failedFuture(e);
        }
        CurrentConfig current = new CurrentConfig(config);
        return BrokerStorage.open(vertx, store, config, current, endpoints())
                .compose(opened -> {
                    storage = opened;
                    return listen(opened, current);
                })
                .recover(failure -> stop().transform(stopped -> Future.failedFuture(failure)));
    }

    /** Undeploying has stopped the listeners before: their requests are answered and their connections closed. */
    @Override
    public Future<?> stop() {
        releasePorts();
        BrokerStorage opened = storage;
        storage = null;
        return opened == null ? Future.succeededFuture() : opened.close().map(summary -> flushed = summary);
    }

    private Future<?> listen(BrokerStorage opened, CurrentConfig current) {
        int loops = config.networkThreads();
        BrokerServices services = services(opened, current, loops);
        DeploymentOptions options = new DeploymentOptions().setInstances(loops);
        boolean known = listeners.stream().allMatch(each -> each.port() != 0);
        return vertx.deployVerticle(() -> new ListenerVerticle(services), options)
                .compose(deployed -> {
                    services.groups().start();
                    return known
                            ? Future.succeededFuture()
                            : opened.metadata()
                                    .submit(BrokerDecisions.register(
                                            config.brokerId(), endpoints(), config.rack(), ""));
                });
    }

    private BrokerServices services(BrokerStorage opened, CurrentConfig current, int loops) {
        WorkerExecutor workers = vertx.createSharedWorkerExecutor(
                "millrace-worker-" + INSTANCES.incrementAndGet(), WORKERS, WORKER_SECONDS_MAX, TimeUnit.SECONDS);
        GroupCoordinators groups = new GroupCoordinators(
                config.brokerId(),
                opened.metadata(),
                opened.partitions(),
                workers,
                config.groupSettings(),
                new GroupConfig(config),
                config.offsetsRetentionCheckIntervalMs(),
                Clock.systemUTC());
        return new BrokerServices(
                config,
                opened,
                listeners,
                loops,
                ConnectionSettings.of(config.socketRequestMaxBytes(), config.connectionsMaxIdleMs()),
                new ConnectionLimits(config.maxConnections(), config.maxConnectionsPerIp()),
                new MemoryBudget(config.queuedMaxRequestBytes()),
                workers,
                groups,
                handlers(opened, current, workers, groups));
    }

    private List<ApiHandler<?, ?>> handlers(
            BrokerStorage opened, CurrentConfig current, WorkerExecutor workers, GroupCoordinators groups) {
        Partitions partitions = opened.partitions();
        OfflineReplicas offline =
                (broker, topic, index) -> broker == config.brokerId() && partitions.isOffline(topic, index);
        List<ApiHandler<?, ?>> handlers =
                new ArrayList<>(AdminHandlers.create(opened.metadata(), offline, config, current));
        handlers.add(new ListOffsetsHandler(partitions, workers));
        handlers.add(new OffsetForLeaderEpochHandler(partitions));
        handlers.add(new DeleteRecordsHandler(partitions, opened.rings()));
        handlers.add(new DescribeProducersHandler(partitions));
        handlers.add(new DescribeLogDirsHandler(opened.logs(), partitions, opened.store(), workers));
        handlers.add(new InitProducerIdHandler(new ProducerIdPool(opened.metadata(), config.brokerId())));
        handlers.addAll(GroupHandlers.create(groups, opened.metadata()));
        return handlers;
    }

    /** Where clients are told to connect, with the ports that are known by now. */
    private List<Endpoint> endpoints() {
        List<ListenerAddress> advertised = config.advertisedListeners();
        if (!advertised.isEmpty()) {
            return advertised.stream()
                    .map(each -> new Endpoint(each.name(), each.host(), each.port()))
                    .toList();
        }
        List<Endpoint> own = new ArrayList<>();
        List<ListenerAddress> configured = config.listeners();
        for (int i = 0; i < configured.size(); i++) {
            ListenerAddress address = configured.get(i);
            own.add(new Endpoint(
                    address.name(),
                    address.isWildcard() ? "" : address.host(),
                    listeners.get(i).port()));
        }
        return own;
    }

    private void holdPorts() {
        for (ListenerAddress address : config.listeners()) {
            String key = address.port() == 0 ? "" : String.valueOf(address.port());
            if (!key.isEmpty()
                    && vertx.sharedData().getLocalMap(PORTS_IN_USE).putIfAbsent(key, config.brokerId()) != null) {
                throw new IllegalStateException("port " + key + " is in use by another broker of this Vert.x");
            }
            if (!key.isEmpty()) {
                portsHeld.add(key);
            }
        }
    }

    private void releasePorts() {
        portsHeld.forEach(key -> vertx.sharedData().getLocalMap(PORTS_IN_USE).remove(key));
        portsHeld.clear();
    }
}
