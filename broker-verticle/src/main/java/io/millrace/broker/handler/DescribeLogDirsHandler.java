package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.shard.LogManager;
import io.millrace.broker.storage.shard.LogShard;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DescribeLogDirsRequest;
import io.millrace.wire.message.DescribeLogDirsRequest.DescribableLogDirTopic;
import io.millrace.wire.message.DescribeLogDirsResponse;
import io.millrace.wire.message.DescribeLogDirsResponse.DescribeLogDirsPartition;
import io.millrace.wire.message.DescribeLogDirsResponse.DescribeLogDirsResult;
import io.millrace.wire.message.DescribeLogDirsResponse.DescribeLogDirsTopic;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DescribeLogDirs: what lies in the data folders of this broker, and how much room is left. Asking the file system can
 * take long, so it is done on a worker thread.
 *
 * <p>The protocol has no error for a single partition. A folder with a damaged log says KAFKA_STORAGE_ERROR as one that has
 * failed does, since Kafka takes the folder offline for it; here the other logs in it are served, and listed.
 */
public final class DescribeLogDirsHandler implements ApiHandler<DescribeLogDirsRequest, DescribeLogDirsResponse> {
    private static final Logger LOG = LoggerFactory.getLogger(DescribeLogDirsHandler.class);

    private final LogManager logs;
    private final Partitions partitions;
    private final FileStore store;
    private final WorkerExecutor workers;

    /** @param workers threads that may wait for a disk */
    public DescribeLogDirsHandler(LogManager logs, Partitions partitions, FileStore store, WorkerExecutor workers) {
        this.logs = logs;
        this.partitions = partitions;
        this.store = store;
        this.workers = workers;
    }

    @Override
    public ApiKey key() {
        return ApiKey.DESCRIBE_LOG_DIRS;
    }

    @Override
    public Future<DescribeLogDirsResponse> handle(RequestContext context, DescribeLogDirsRequest request) {
        Wanted wanted = Wanted.of(request.topics());
        return workers.executeBlocking(
                () -> new DescribeLogDirsResponse()
                        .results(logs.shards().stream()
                                .map(shard -> describe(shard, wanted))
                                .toList()),
                false);
    }

    private DescribeLogDirsResult describe(LogShard shard, Wanted wanted) {
        DescribeLogDirsResult result = new DescribeLogDirsResult()
                .logDir(shard.folder().toAbsolutePath().toString());
        if (shard.isOffline()) {
            return result.errorCode(ErrorCode.KAFKA_STORAGE_ERROR.code());
        }
        try {
            result.totalBytes(store.totalBytes(shard.folder()));
            result.usableBytes(store.usableBytes(shard.folder()));
        } catch (IOException e) {
            LOG.warn("cannot ask for the room in {}", shard.folder(), e);
            return result.errorCode(ErrorCode.KAFKA_STORAGE_ERROR.code());
        }
        if (hasDamage(shard)) {
            result.errorCode(ErrorCode.KAFKA_STORAGE_ERROR.code());
        }
        return result.topics(topics(shard, wanted));
    }

    /** Of topics that still exist: what lies about of others harms nobody. */
    private boolean hasDamage(LogShard shard) {
        return shard.damaged().stream().anyMatch(each -> partitions.isOffline(each.topicId(), each.partition()));
    }

    private static List<DescribeLogDirsTopic> topics(LogShard shard, Wanted wanted) {
        Map<String, List<DescribeLogDirsPartition>> byTopic = new TreeMap<>();
        for (PartitionLog log : shard.logs()) {
            LogId id = log.id();
            if (wanted.includes(id)) {
                byTopic.computeIfAbsent(id.topic(), name -> new ArrayList<>())
                        .add(new DescribeLogDirsPartition()
                                .partitionIndex(id.partition())
                                .partitionSize(log.sizeBytes()));
            }
        }
        List<DescribeLogDirsTopic> topics = new ArrayList<>(byTopic.size());
        byTopic.forEach((name, partitions) -> {
            partitions.sort(Comparator.comparingInt(DescribeLogDirsPartition::partitionIndex));
            topics.add(new DescribeLogDirsTopic().name(name).partitions(partitions));
        });
        return topics;
    }

    /**
     * The partitions that the client asks for.
     *
     * @param byTopic null for all
     */
    private record Wanted(@Nullable Map<String, Set<Integer>> byTopic) {
        static Wanted of(@Nullable List<DescribableLogDirTopic> topics) {
            if (topics == null) {
                return new Wanted(null);
            }
            Map<String, Set<Integer>> byTopic = new HashMap<>();
            topics.forEach(each -> byTopic.computeIfAbsent(each.topic(), name -> new HashSet<>())
                    .addAll(each.partitions()));
            return new Wanted(byTopic);
        }

        boolean includes(LogId id) {
            return byTopic == null || byTopic.getOrDefault(id.topic(), Set.of()).contains(id.partition());
        }
    }
}
