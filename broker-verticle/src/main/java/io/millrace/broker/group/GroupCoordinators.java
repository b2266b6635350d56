package io.millrace.broker.group;

import io.millrace.broker.GroupConfig;
import io.millrace.broker.group.consumer.ConsumerSettings;
import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.GroupPartitioner;
import io.millrace.broker.group.shard.Operation;
import io.millrace.broker.partition.Partition;
import io.millrace.broker.partition.Partitions;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.ImageListener;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.MetadataRecord;
import io.millrace.cluster.MetadataRecord.TopicDeleted;
import io.millrace.cluster.TopicImage;
import io.millrace.cluster.election.TopicNames;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.ListGroupsResponse.ListedGroup;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The groups that this broker coordinates: those whose partition of {@code __consumer_offsets} it leads. Any thread.
 *
 * <p>Lifecycle: the event loops are added, {@link #start} loads what there is, {@link #close} gives everything up. The
 * metadata log tells when partitions come and go; to move groups between brokers will mean no more than that.
 */
public final class GroupCoordinators implements ImageListener {

    /** What members say may take one part of so many of the heap; it is little, unless somebody means harm. */
    private static final int MEMBERS_HEAP_SHARE = 8;

    private final int brokerId;
    private final MetadataLog metadata;
    private final Partitions partitions;
    private final WorkerExecutor workers;
    private final GroupSettings settings;
    private final GroupConfig configs;
    private final long expiryCheckMs;
    private final Clock clock;

    private final MemberBudget memory = new MemberBudget(Runtime.getRuntime().maxMemory() / MEMBERS_HEAP_SHARE);

    /** Guarded by this. */
    private boolean closed;

    /** Guarded by this. */
    private final List<GroupLoop> loops = new ArrayList<>();

    /** By partition. Changed while holding the lock on this, which the start and the metadata log's thread take, seldom. */
    private final Map<Integer, ShardHost> hosts = new ConcurrentHashMap<>();

    /** What all clients are told, or null while the hosts answer. */
    private volatile @Nullable ErrorCode away = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;

    /**
     * @param configs of groups of the next-generation protocol
     * @param expiryCheckMs {@code offsets.retention.check.interval.ms}
     */
    public GroupCoordinators(
            int brokerId,
            MetadataLog metadata,
            Partitions partitions,
            WorkerExecutor workers,
            GroupSettings settings,
            GroupConfig configs,
            long expiryCheckMs,
            Clock clock) {
        this.brokerId = brokerId;
        this.metadata = metadata;
        this.partitions = partitions;
        this.workers = workers;
        this.settings = settings;
        this.configs = configs;
        this.expiryCheckMs = expiryCheckMs;
        this.clock = clock;
    }

    public GroupSettings settings() {
        return settings;
    }

    /** What holds for groups that have no settings of their own. */
    public ConsumerSettings consumerSettings() {
        return configs.defaults();
    }

    /** By the newest image: who has changed a group's settings gets the answer when the image is there. */
    private ConsumerSettings consumerSettings(String groupId) {
        return configs.resolve(metadata.image().groupConfigs(groupId));
    }

    /** Another loop that shards may belong to. Before {@link #start}. */
    public synchronized void addLoop(GroupLoop loop) {
        loops.add(loop);
    }

    /** Begins to load. Returns at once; clients are told to come again until their groups are known. */
    public synchronized void start() {
        metadata.subscribe(this);
        // Read while holding the lock: what the listener has followed is never newer.
        follow(metadata.image());
        away = null;
    }

    /** Answers every request that waits, and those that come from now on. Before the event loops are closed. */
    public synchronized void close() {
        away = ErrorCode.COORDINATOR_NOT_AVAILABLE;
        closed = true;
        hosts.values().forEach(host -> host.close(ErrorCode.COORDINATOR_NOT_AVAILABLE));
        hosts.clear();
    }

    /** Takes a heartbeat for which its group need not be asked; false: {@link #submit} it. Any thread. */
    public boolean beat(HeartbeatRequest request) {
        ShardHost host = away == null ? hostOf(request.groupId()) : null;
        return host != null && host.beat(request);
    }

    /** Asks the operation of its group, or refuses it if the group is not coordinated here. */
    public void submit(Operation operation) {
        ErrorCode reason = away;
        if (reason == null) {
            ShardHost host = hostOf(operation.groupId());
            if (host != null) {
                host.submit(operation);
                return;
            }
            reason = ErrorCode.NOT_COORDINATOR;
        }
        operation.refuse(reason);
    }

    /** The most that a record of this group may have in bytes: what is longer could never be written. */
    public int recordBytesMax(String groupId) {
        ShardHost host = hostOf(groupId);
        return host == null ? Integer.MAX_VALUE : host.recordBytesMax();
    }

    private @Nullable ShardHost hostOf(String groupId) {
        TopicImage topic = metadata.image().topic(TopicNames.CONSUMER_OFFSETS);
        return topic == null
                ? null
                : hosts.get(
                        GroupPartitioner.partitionOf(groupId, topic.partitions().size()));
    }

    /** The groups of all shards, or why they cannot be told. */
    public record Listing(ErrorCode error, List<ListedGroup> groups) {}

    /** All groups that are coordinated here. Completes on any thread. */
    public Future<Listing> list() {
        ErrorCode reason = away;
        if (reason != null) {
            return Future.succeededFuture(new Listing(reason, List.of()));
        }
        List<Future<List<ListedGroup>>> parts =
                hosts.values().stream().map(ShardHost::list).toList();
        return Future.join(parts)
                .map(done -> new Listing(
                        ErrorCode.NONE,
                        parts.stream().flatMap(each -> each.result().stream()).toList()))
                .recover(GroupCoordinators::unavailable);
    }

    private static Future<Listing> unavailable(Throwable failure) {
        return failure instanceof ShardHost.UnavailableException reason
                ? Future.succeededFuture(new Listing(reason.error(), List.of()))
                : Future.failedFuture(failure);
    }

    // ---- the metadata log's thread

    @Override
    public void onImage(ClusterImage before, ClusterImage after, List<MetadataRecord> committed) {
        follow(after);
        Set<UUID> deleted = new HashSet<>();
        for (MetadataRecord record : committed) {
            if (record instanceof TopicDeleted topic) {
                deleted.add(topic.topicId());
            }
        }
        if (!deleted.isEmpty()) {
            hosts.values().forEach(host -> host.forgetTopics(deleted::contains));
        }
    }

    /** Coordinates what this broker leads, and nothing else. */
    private synchronized void follow(ClusterImage image) {
        if (closed) {
            return;
        }
        TopicImage topic = image.topic(TopicNames.CONSUMER_OFFSETS);
        int count = topic == null ? 0 : topic.partitions().size();
        hosts.forEach((index, host) -> {
            if (topic == null || index >= count || !host.isOf(topic.id()) || !leads(topic, index)) {
                hosts.remove(index);
                host.close(ErrorCode.NOT_COORDINATOR);
            }
        });
        for (int index = 0; index < count && topic != null; index++) {
            Partition partition = partitions.find(topic.id(), index);
            if (partition != null && leads(topic, index) && !hosts.containsKey(index) && !loops.isEmpty()) {
                ShardHost host = host(partition, loops.get(index % loops.size()));
                hosts.put(index, host);
                host.start();
            }
        }
    }

    private boolean leads(TopicImage topic, int index) {
        return topic.partitions().get(index).leader() == brokerId;
    }

    private ShardHost host(Partition partition, GroupLoop loop) {
        return new ShardHost(
                new ShardLog(partition, loop.eventLoop()),
                loop,
                this::runOnWorker,
                settings,
                this::consumerSettings,
                expiryCheckMs,
                () -> new Moment(clock.millis(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime())),
                () -> new ClusterTopics(metadata.image()),
                memory);
    }

    /** The task tells by itself how it ended. */
    private void runOnWorker(Runnable task) {
        workers.executeBlocking(
                () -> {
                    task.run();
                    return null;
                },
                false);
    }
}
