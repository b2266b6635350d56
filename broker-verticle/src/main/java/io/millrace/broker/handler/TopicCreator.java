package io.millrace.broker.handler;

import io.millrace.cluster.TopicImage;
import io.millrace.cluster.election.ConfigCheck;
import io.millrace.cluster.election.NewTopic;
import io.millrace.cluster.election.TopicDecisions;
import io.millrace.cluster.election.TopicDefaults;
import io.millrace.cluster.election.TopicNames;
import io.millrace.wire.ErrorCode;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates topics, for clients that ask to and for those that only mention one. Any thread. */
final class TopicCreator {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCreator.class);

    private final ClusterDecisions decisions;
    private final TopicDefaults defaults;

    TopicCreator(ClusterDecisions decisions, TopicDefaults defaults) {
        this.decisions = decisions;
        this.defaults = defaults;
    }

    /** Completes when clients can use the topic, or with why they cannot have it. */
    Future<Decided<TopicImage>> create(NewTopic topic, ConfigCheck check, boolean validateOnly, long deadlineNanos) {
        return decisions.decide(TopicDecisions.create(topic, defaults, check), validateOnly, deadlineNanos);
    }

    /** How many partitions a wish for this many gets. */
    int partitionsOf(int wish) {
        return wish == NewTopic.DEFAULT ? defaults.partitions() : Math.max(0, wish);
    }

    /**
     * Creates those of the topics that can be, with the broker's defaults. Completes also when some cannot be: whoever
     * mentioned them finds that they do not exist.
     */
    Future<Void> createMentioned(Collection<String> names) {
        List<Future<Decided<TopicImage>>> created = names.stream()
                .filter(TopicCreator::mayAppear)
                .map(name ->
                        decisions.decide(TopicDecisions.create(withDefaults(name), defaults, configs -> null), false))
                .toList();
        return ClusterDecisions.all(created).mapEmpty();
    }

    /** Creates a topic of the cluster itself. Completes also when it is there already, or cannot be created. */
    Future<Void> createInternal(NewTopic topic) {
        return decisions
                .decide(TopicDecisions.create(topic, defaults, configs -> null), false)
                .onSuccess(decided -> warnUnlessThere(topic, decided.error()))
                .mapEmpty();
    }

    private static void warnUnlessThere(NewTopic topic, ApiError error) {
        if (error.isError() && error.code() != ErrorCode.TOPIC_ALREADY_EXISTS) {
            LOG.warn("cannot create {}: {} {}", topic.name(), error.code(), error.message());
        }
    }

    /** An id that no topic had before. Those that print with a leading dash would be taken for options by tools. */
    static UUID newTopicId() {
        UUID id = UUID.randomUUID();
        while (id.getMostSignificantBits() >>> 58 == 62) {
            id = UUID.randomUUID();
        }
        return id;
    }

    /** Internal topics come into being through their coordinators, which know the configuration that they need. */
    private static boolean mayAppear(String name) {
        return TopicNames.problemWith(name) == null
                && !TopicNames.isInternal(name)
                && !name.equals(TopicNames.CLUSTER_METADATA);
    }

    private static NewTopic withDefaults(String name) {
        return new NewTopic(name, newTopicId(), NewTopic.DEFAULT, NewTopic.DEFAULT, Map.of(), Map.of());
    }
}
