package io.millrace.broker;

import com.sun.management.UnixOperatingSystemMXBean;
import io.millrace.broker.partition.PartitionLifecycle;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.ring.CompactionPace;
import io.millrace.broker.ring.LogRings;
import io.millrace.broker.ring.RingOptions;
import io.millrace.broker.storage.CompactionLimits;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.shard.DataFolder;
import io.millrace.broker.storage.shard.DataFolderException;
import io.millrace.broker.storage.shard.DataFolders;
import io.millrace.broker.storage.shard.FlushSummary;
import io.millrace.broker.storage.shard.LogManager;
import io.millrace.broker.storage.shard.OpenSummary;
import io.millrace.broker.storage.shard.ShardOptions;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.Endpoint;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.TopicImage;
import io.millrace.cluster.election.BrokerDecisions;
import io.millrace.cluster.log.SingleNodeLog;
import io.millrace.wire.Uuids;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything of a broker that is on disk: data folders, metadata log, partition logs. Opened and closed off the event
 * loop, in an order in which nothing is touched before it is known to be ours.
 */
final class BrokerStorage {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerStorage.class);

    /** Within the first data folder. It has no dash, so that it is never taken for a partition. */
    private static final String METADATA_FOLDER = "metadata";

    /** The part of the process's file descriptors that segments may use; the rest is for connections. */
    private static final int OPEN_FILES_PART = 4;

    private static final int OPEN_FILES_MIN = 128;
    private static final int OPEN_FILES_MAX = 20_000;

    /** The part of the JVM's memory outside the heap that may hold records; the rest is for connections and the journal. */
    private static final int LOG_MEMORY_PART = 4;

    private static final long LOG_MEMORY_MIN = 1 << 20;

    /** The part of the heap that keys may take while a log is compacted. */
    private static final int KEY_MEMORY_PART = 8;

    private static final long KEY_MEMORY_MIN = 1 << 16;

    private final FileStore store;
    private final MetadataLog metadata;
    private final Partitions partitions;
    private final LogManager logs;
    private final LogRings rings;

    private BrokerStorage(
            FileStore store, MetadataLog metadata, Partitions partitions, LogManager logs, LogRings rings) {
        this.store = store;
        this.metadata = metadata;
        this.partitions = partitions;
        this.logs = logs;
        this.rings = rings;
    }

    /**
     * Recovers everything and registers the broker.
     *
     * @param endpoints as far as they are known before the broker listens
     */
    static Future<BrokerStorage> open(
            Vertx vertx, FileStore store, BrokerConfig config, CurrentConfig current, List<Endpoint> endpoints) {
        return vertx.executeBlocking(() -> openFolders(store, config.logDirs()))
                .compose(folders -> openMetadata(config, endpoints)
                        .compose(metadata -> openLogs(vertx, store, config, current, folders, metadata)
                                .recover(failure -> metadata.close().transform(closed -> Future.failedFuture(failure))))
                        .onFailure(failure -> closeAll(folders)));
    }

    private static List<DataFolder> openFolders(FileStore store, List<Path> paths) throws IOException {
        List<DataFolder> folders = new ArrayList<>();
        try {
            for (Path path : paths) {
                folders.add(DataFolder.open(store, path.toAbsolutePath()));
            }
            DataFolders.requireAll(folders);
            return folders;
        } catch (IOException e) {
            closeAll(folders);
            throw e;
        }
    }

    private static void closeAll(List<DataFolder> folders) {
        for (DataFolder folder : folders) {
            try {
                folder.close();
            } catch (IOException e) {
                LOG.warn("cannot unlock a data folder: {}", e.toString());
            }
        }
    }

    private static Future<MetadataLog> openMetadata(BrokerConfig config, List<Endpoint> endpoints) {
        Path directory = config.logDirs().get(0).toAbsolutePath().resolve(METADATA_FOLDER);
        String newClusterId = Uuids.toBase64(UUID.randomUUID());
        return SingleNodeLog.open(directory)
                .compose(log -> log.submit(
                                BrokerDecisions.register(config.brokerId(), endpoints, config.rack(), newClusterId))
                        .map((MetadataLog) log)
                        .recover(failure -> log.close().transform(closed -> Future.failedFuture(failure))));
    }

    private static Future<BrokerStorage> openLogs(
            Vertx vertx,
            FileStore store,
            BrokerConfig config,
            CurrentConfig current,
            List<DataFolder> folders,
            MetadataLog metadata) {
        return vertx.executeBlocking(() -> recover(store, config, current, folders, metadata.image()))
                .compose(logs -> renewLeadership(config, logs, metadata).map(logs))
                .compose(logs -> vertx.executeBlocking(() -> serve(vertx, store, config, current, logs, metadata)));
    }

    private static LogManager recover(
            FileStore store, BrokerConfig config, CurrentConfig current, List<DataFolder> folders, ClusterImage image)
            throws IOException {
        DataFolders.claim(folders, image.clusterId(), config.brokerId());
        BrokerConfig effective = current.at(image);
        LogManager logs = LogManager.open(
                store,
                folders,
                ShardOptions.withMemory(
                        logMemoryBytes(config.logMemoryBytes(), PlatformDependent.maxDirectMemory(), folders.size()),
                        CompactionLimits.withMemory(keyMemoryBytes(
                                config.cleanerKeyBytes(), Runtime.getRuntime().maxMemory(), folders.size()))),
                openFilesMax(),
                id -> configOf(effective, image, id),
                new SplittableRandom(),
                Clock.systemUTC().millis());
        logs.expect(PartitionLifecycle.logsOf(image, config.brokerId()));
        return logs;
    }

    private static LogConfig configOf(BrokerConfig config, ClusterImage image, LogId id) {
        TopicImage topic = image.topic(id.topicId());
        return TopicConfig.resolve(config, topic == null ? Map.of() : topic.configs());
    }

    /** After a stop that may have lost what only the page cache had, clients learn by the epoch that records are gone. */
    private static Future<?> renewLeadership(BrokerConfig config, LogManager logs, MetadataLog metadata) {
        OpenSummary summary = logs.openSummary();
        if (summary.clean() || summary.logs() == 0) {
            return Future.succeededFuture();
        }
        LOG.info("the last stop was not clean: {}", summary);
        return metadata.submit(BrokerDecisions.renewLeadership(config.brokerId()));
    }

    private static BrokerStorage serve(
            Vertx vertx,
            FileStore store,
            BrokerConfig config,
            CurrentConfig current,
            LogManager logs,
            MetadataLog metadata)
            throws DataFolderException {
        Clock clock = Clock.systemUTC();
        CompactionPace pace = new CompactionPace(
                config.cleanerEnabled(),
                config.cleanerBytesPerSecond() / logs.shards().size(),
                config.cleanerBackoffMs());
        LogRings rings = LogRings.start(
                logs, RingOptions.DEFAULT, vertx, clock::millis, config.retentionCheckIntervalMs(), pace);
        Partitions partitions = new Partitions();
        PartitionLifecycle lifecycle = new PartitionLifecycle(
                config.brokerId(),
                partitions,
                logs,
                rings,
                (image, topic) -> TopicConfig.resolve(current.at(image), topic.configs()));
        lifecycle.start(metadata.image());
        metadata.subscribe(lifecycle);
        return new BrokerStorage(store, metadata, partitions, logs, rings);
    }

    private static int openFilesMax() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            long part = unix.getMaxFileDescriptorCount() / OPEN_FILES_PART;
            return (int) Math.max(OPEN_FILES_MIN, Math.min(OPEN_FILES_MAX, part));
        }
        return OPEN_FILES_MIN;
    }

    /**
     * Memory for the newest records of each data folder. Not all that is asked for where the JVM has little: memory is taken as
     * records come, and one day a connection or the journal would find none left.
     *
     * @param outsideHeapMax what the JVM allows, for everything
     */
    static long logMemoryBytes(long wanted, long outsideHeapMax, int folders) {
        long most = outsideHeapMax / LOG_MEMORY_PART;
        if (wanted > most) {
            LOG.warn(
                    "{} is {}, but at most {} are used: a quarter of what -XX:MaxDirectMemorySize or else -Xmx allows",
                    ConfigKeys.LOG_MEMORY_BYTES,
                    wanted,
                    most);
        }
        return Math.max(LOG_MEMORY_MIN, Math.min(wanted, most) / folders);
    }

    /** Memory for the keys that compaction has seen, for each data folder. With less it takes more rounds, that is all. */
    static long keyMemoryBytes(long wanted, long heapMax, int folders) {
        return Math.max(KEY_MEMORY_MIN, Math.min(wanted, heapMax / KEY_MEMORY_PART) / folders);
    }

    FileStore store() {
        return store;
    }

    MetadataLog metadata() {
        return metadata;
    }

    Partitions partitions() {
        return partitions;
    }

    LogManager logs() {
        return logs;
    }

    LogRings rings() {
        return rings;
    }

    /**
     * Ends the decisions, then the appends, then the logs: what is decided until the end still creates and deletes logs,
     * which takes the rings. Completes with what was made durable; all of it is closed even if one part fails.
     */
    Future<FlushSummary> close() {
        return metadata.close()
                .transform(ended -> rings.close()
                        .compose(summary -> ended.succeeded()
                                ? Future.succeededFuture(summary)
                                : Future.failedFuture(ended.cause())));
    }
}
