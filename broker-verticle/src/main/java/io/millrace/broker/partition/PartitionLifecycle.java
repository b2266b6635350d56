package io.millrace.broker.partition;

import io.millrace.broker.ring.LogRings;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.shard.LogManager;
import io.millrace.broker.storage.shard.NewLog;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.ImageListener;
import io.millrace.cluster.MetadataRecord;
import io.millrace.cluster.MetadataRecord.ConfigsChanged;
import io.millrace.cluster.MetadataRecord.PartitionChanged;
import io.millrace.cluster.MetadataRecord.PartitionsAdded;
import io.millrace.cluster.MetadataRecord.TopicCreated;
import io.millrace.cluster.MetadataRecord.TopicDeleted;
import io.millrace.cluster.PartitionState;
import io.millrace.cluster.TopicImage;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the logs of this broker follow what the metadata log decides. Runs on the metadata log's thread and blocks it
 * until the disk has followed, so that whoever created a topic can use it once the decision is reported.
 */
public final class PartitionLifecycle implements ImageListener {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionLifecycle.class);

    private final int brokerId;
    private final Partitions partitions;
    private final LogManager logs;
    private final LogRings rings;
    private final BiFunction<ClusterImage, TopicImage, LogConfig> configs;

    /** @param configs the configuration of a topic's logs, broker defaults included */
    public PartitionLifecycle(
            int brokerId,
            Partitions partitions,
            LogManager logs,
            LogRings rings,
            BiFunction<ClusterImage, TopicImage, LogConfig> configs) {
        this.brokerId = brokerId;
        this.partitions = partitions;
        this.logs = logs;
        this.rings = rings;
        this.configs = configs;
    }

    /** The logs that a broker must have. */
    public static List<LogId> logsOf(ClusterImage image, int brokerId) {
        List<LogId> logs = new ArrayList<>();
        for (TopicImage topic : image.topics()) {
            for (int index = 0; index < topic.partitions().size(); index++) {
                if (topic.partitions().get(index).replicas().contains(brokerId)) {
                    logs.add(new LogId(topic.name(), topic.id(), index));
                }
            }
        }
        return logs;
    }

    /**
     * Brings the logs found on disk in line with the image: the broker may have stopped between a decision and its
     * effect. Blocks; before this listener is subscribed and before any client is served.
     */
    public void start(ClusterImage image) {
        List<Future<?>> deleted = new ArrayList<>();
        for (PartitionLog log : logs.logs()) {
            if (image.topic(log.id().topicId()) == null) {
                LOG.info("deleting {}: its topic was deleted", log.id());
                deleted.add(rings.delete(log.id().topicId(), log.id().partition()));
            }
        }
        await(Future.join(deleted));
        serve(image, image.topics());
    }

    @Override
    public void onImage(ClusterImage before, ClusterImage after, List<MetadataRecord> committed) {
        Map<UUID, TopicImage> grown = new LinkedHashMap<>();
        List<UUID> deleted = new ArrayList<>();
        for (MetadataRecord record : committed) {
            if (record instanceof TopicCreated created) {
                grow(grown, after, created.topic().id());
            } else if (record instanceof PartitionsAdded added) {
                grow(grown, after, added.topicId());
            } else if (record instanceof TopicDeleted topic) {
                deleted.add(topic.topicId());
            } else if (record instanceof PartitionChanged changed) {
                change(changed);
            }
        }
        delete(deleted);
        serve(after, grown.values());
        configure(after, committed);
    }

    /** A topic that one decision makes and a later one of the same commit removes is not there any more. */
    private static void grow(Map<UUID, TopicImage> grown, ClusterImage after, UUID topicId) {
        TopicImage topic = after.topic(topicId);
        if (topic != null) {
            grown.put(topicId, topic);
        }
    }

    /** Opens or creates what the topics have on this broker, all of it at once, and lets clients find it. */
    private void serve(ClusterImage image, Iterable<TopicImage> topics) {
        List<NewLog> wanted = new ArrayList<>();
        for (TopicImage topic : topics) {
            LogConfig config = configs.apply(image, topic);
            for (int index = 0; index < topic.partitions().size(); index++) {
                if (isHere(topic.partitions().get(index))) {
                    wanted.add(new NewLog(new LogId(topic.name(), topic.id(), index), config));
                }
            }
        }
        if (!wanted.isEmpty()) {
            createMissing(wanted);
        }
        for (TopicImage topic : topics) {
            partitions.put(assemble(topic));
        }
    }

    /** A log that cannot be had costs its partition only: clients get an error for it, and the others are served. */
    private void createMissing(List<NewLog> wanted) {
        List<NewLog> missing = wanted.stream()
                .filter(each -> logs.log(each.id().topicId(), each.id().partition()) == null)
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        try {
            await(rings.create(missing));
        } catch (CompletionException e) {
            LOG.error("cannot create {} logs at once, trying each", missing.size(), e.getCause());
            missing.forEach(this::createAlone);
        }
    }

    private void createAlone(NewLog wanted) {
        try {
            await(rings.create(List.of(wanted)));
        } catch (CompletionException e) {
            LOG.error("cannot create {}", wanted.id(), e.getCause());
        }
    }

    private Partitions.Topic assemble(TopicImage topic) {
        Partitions.Topic known = partitions.topic(topic.id());
        @Nullable Partition[] all = new Partition[topic.partitions().size()];
        BitSet damaged = new BitSet();
        for (int index = 0; index < all.length; index++) {
            Partition existing = known == null ? null : known.partition(index);
            all[index] = existing != null ? existing : open(topic, index);
            damaged.set(index, all[index] == null && isHere(topic.partitions().get(index)));
        }
        return new Partitions.Topic(topic.name(), topic.id(), all, damaged);
    }

    private @Nullable Partition open(TopicImage topic, int index) {
        PartitionLog log = logs.log(topic.id(), index);
        return log == null
                ? null
                : new Partition(
                        log.id(),
                        brokerId,
                        log,
                        rings.ringOf(log),
                        topic.partitions().get(index));
    }

    private void delete(List<UUID> topicIds) {
        List<Future<?>> pending = new ArrayList<>();
        for (UUID id : topicIds) {
            Partitions.Topic topic = partitions.remove(id);
            if (topic != null) {
                delete(topic, pending);
            }
        }
        if (!pending.isEmpty()) {
            awaitEach(Future.join(pending), "delete logs");
        }
    }

    private void delete(Partitions.Topic topic, List<Future<?>> pending) {
        for (int index = 0; index < topic.size(); index++) {
            Partition partition = topic.partition(index);
            if (partition != null) {
                partition.onDeleted();
                pending.add(rings.delete(topic.id(), index));
            }
        }
    }

    private void change(PartitionChanged changed) {
        Partition partition = partitions.find(changed.topicId(), changed.partition());
        if (partition != null) {
            partition.onState(changed.state());
        }
    }

    private void configure(ClusterImage image, List<MetadataRecord> committed) {
        Map<UUID, TopicImage> changed = new LinkedHashMap<>();
        for (MetadataRecord record : committed) {
            if (record instanceof ConfigsChanged configs) {
                for (TopicImage topic : touched(configs, image)) {
                    changed.put(topic.id(), topic);
                }
            }
        }
        List<Future<?>> pending = new ArrayList<>();
        for (TopicImage topic : changed.values()) {
            configure(topic, configs.apply(image, topic), pending);
        }
        if (!pending.isEmpty()) {
            awaitEach(Future.join(pending), "configure logs");
        }
    }

    /** The topics whose logs may have to change. */
    private static Collection<TopicImage> touched(ConfigsChanged configs, ClusterImage image) {
        return switch (configs.scope()) {
            case TOPIC -> {
                TopicImage topic = image.topic(configs.name());
                yield topic == null ? List.of() : List.of(topic);
            }
            case BROKER -> image.topics();
            case GROUP -> List.of();
        };
    }

    private void configure(TopicImage topic, LogConfig config, List<Future<?>> pending) {
        for (int index = 0; index < topic.partitions().size(); index++) {
            Partition partition = partitions.find(topic.id(), index);
            if (partition != null && !partition.config().equals(config)) {
                pending.add(rings.configure(partition.log(), config));
            }
        }
    }

    private boolean isHere(PartitionState state) {
        return state.replicas().contains(brokerId);
    }

    private static void awaitEach(Future<?> pending, String what) {
        try {
            await(pending);
        } catch (CompletionException e) {
            LOG.error("cannot {}", what, e.getCause());
        }
    }

    private static void await(Future<?> pending) {
        pending.toCompletionStage().toCompletableFuture().join();
    }
}
