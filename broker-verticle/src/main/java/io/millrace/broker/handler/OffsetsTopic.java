package io.millrace.broker.handler;

import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.TopicImage;
import io.millrace.cluster.election.NewTopic;
import io.millrace.cluster.election.TopicNames;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code __consumer_offsets}, which comes into being when the first group needs it. Any thread. */
final class OffsetsTopic {

    /**
     * What the topic is created with.
     *
     * @param partitions {@code offsets.topic.num.partitions}
     * @param replicationFactor {@code offsets.topic.replication.factor}
     * @param segmentBytes {@code offsets.topic.segment.bytes}
     */
    record Settings(int partitions, int replicationFactor, int segmentBytes) {}

    private final MetadataLog log;
    private final TopicCreator creator;
    private final Settings settings;

    OffsetsTopic(MetadataLog log, TopicCreator creator, Settings settings) {
        this.log = log;
        this.creator = creator;
        this.settings = settings;
    }

    /** Completes when the topic can be used; with null if it cannot be created. */
    Future<@Nullable TopicImage> get() {
        TopicImage there = current();
        return there != null
                ? Future.succeededFuture(there)
                : creator.createInternal(topic()).map(done -> current());
    }

    private @Nullable TopicImage current() {
        return log.image().topic(TopicNames.CONSUMER_OFFSETS);
    }

    private NewTopic topic() {
        return new NewTopic(
                TopicNames.CONSUMER_OFFSETS,
                TopicCreator.newTopicId(),
                settings.partitions(),
                settings.replicationFactor(),
                Map.of(),
                Map.of(
                        "cleanup.policy", "compact",
                        "compression.type", "producer",
                        "segment.bytes", Integer.toString(settings.segmentBytes())));
    }
}
