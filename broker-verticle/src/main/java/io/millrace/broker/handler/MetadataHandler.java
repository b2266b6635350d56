package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.PartitionState;
import io.millrace.cluster.TopicImage;
import io.millrace.cluster.election.TopicNames;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataRequest.MetadataRequestTopic;
import io.millrace.wire.message.MetadataResponse;
import io.millrace.wire.message.MetadataResponse.MetadataResponseBroker;
import io.millrace.wire.message.MetadataResponse.MetadataResponsePartition;
import io.millrace.wire.message.MetadataResponse.MetadataResponseTopic;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Metadata: which brokers there are and who leads what. A topic that is mentioned and does not exist is created first,
 * if client and broker agree to that; unlike Kafka, which answers UNKNOWN_TOPIC_OR_PARTITION and lets the client ask
 * again, the answer waits for the few milliseconds that it takes.
 */
public final class MetadataHandler implements ApiHandler<MetadataRequest, MetadataResponse> {
    /** Before it topics could be asked for by name only, although the field for ids was there since version 10. */
    private static final int FIRST_VERSION_WITH_IDS = 12;

    private static final int FIRST_VERSION_WITH_LISTENER_NOT_FOUND = 6;

    private final MetadataLog log;
    private final TopicCreator creator;
    private final OfflineReplicas offline;
    private final boolean autoCreateTopics;

    MetadataHandler(MetadataLog log, TopicCreator creator, OfflineReplicas offline, boolean autoCreateTopics) {
        this.log = log;
        this.offline = offline;
        this.creator = creator;
        this.autoCreateTopics = autoCreateTopics;
    }

    @Override
    public ApiKey key() {
        return ApiKey.METADATA;
    }

    @Override
    public Future<MetadataResponse> handle(RequestContext context, MetadataRequest request) {
        List<MetadataRequestTopic> topics = request.topics();
        if (topics == null || (context.version() == 0 && topics.isEmpty())) {
            return Future.succeededFuture(answer(context, request).allTopics());
        }
        if (topics.stream().anyMatch(each -> isMalformed(each, context.version()))) {
            return Future.succeededFuture(refusal(topics));
        }
        if (topics.stream().anyMatch(each -> !each.topicId().equals(Uuids.ZERO))) {
            return Future.succeededFuture(answer(context, request).topicsById(topics));
        }
        Set<String> names = names(topics);
        Set<String> missing = missing(names, request);
        if (missing.isEmpty()) {
            return Future.succeededFuture(answer(context, request).topicsByName(names));
        }
        return creator.createMentioned(missing)
                .map(done -> answer(context, request).topicsByName(names));
    }

    private Answer answer(RequestContext context, MetadataRequest request) {
        ClusterImage image = log.image();
        return new Answer(image, new ListenerView(image, context.connection(), offline), context.version(), request);
    }

    private static boolean isMalformed(MetadataRequestTopic topic, int version) {
        boolean hasId = !topic.topicId().equals(Uuids.ZERO);
        boolean hasName = topic.name() != null;
        return version < FIRST_VERSION_WITH_IDS ? hasId || !hasName : !hasId && !hasName;
    }

    private Set<String> missing(Set<String> names, MetadataRequest request) {
        if (!autoCreateTopics || !request.allowAutoTopicCreation()) {
            return Set.of();
        }
        ClusterImage image = log.image();
        Set<String> missing = new LinkedHashSet<>(names);
        missing.removeIf(name -> image.topic(name) != null);
        return missing;
    }

    private static Set<String> names(List<MetadataRequestTopic> topics) {
        Set<String> names = new LinkedHashSet<>();
        for (MetadataRequestTopic each : topics) {
            String name = each.name();
            if (name != null) {
                names.add(name);
            }
        }
        return names;
    }

    private static MetadataResponse refusal(List<MetadataRequestTopic> topics) {
        List<MetadataResponseTopic> refused = new ArrayList<>(topics.size());
        for (MetadataRequestTopic each : topics) {
            String name = each.name();
            refused.add(new MetadataResponseTopic()
                    .errorCode(ErrorCode.INVALID_REQUEST.code())
                    .name(name == null ? "" : name)
                    .topicId(each.topicId()));
        }
        return new MetadataResponse().topics(refused);
    }

    /** One response in the making, from one image. */
    private static final class Answer {
        private final ClusterImage image;
        private final ListenerView view;
        private final int version;
        private final int topicOperations;
        private final MetadataResponse response;

        Answer(ClusterImage image, ListenerView view, int version, MetadataRequest request) {
            this.image = image;
            this.view = view;
            this.version = version;
            this.topicOperations = request.includeTopicAuthorizedOperations()
                    ? AuthorizedOperations.ON_TOPIC
                    : AuthorizedOperations.NOT_ASKED;
            this.response = new MetadataResponse()
                    .brokers(brokers())
                    .clusterId(image.clusterId())
                    .controllerId(view.controllerId());
            if (request.includeClusterAuthorizedOperations()) {
                response.clusterAuthorizedOperations(AuthorizedOperations.ON_CLUSTER);
            }
        }

        MetadataResponse allTopics() {
            List<MetadataResponseTopic> topics = new ArrayList<>(image.topics().size());
            for (TopicImage each : image.topics()) {
                topics.add(topic(each));
            }
            return response.topics(topics);
        }

        MetadataResponse topicsByName(Set<String> names) {
            List<MetadataResponseTopic> topics = new ArrayList<>(names.size());
            for (String name : names) {
                TopicImage topic = image.topic(name);
                topics.add(topic == null ? absent(name) : topic(topic));
            }
            return response.topics(topics);
        }

        /** Topics without an id are left out, as in Kafka: a request asks by ids or by names. */
        MetadataResponse topicsById(List<MetadataRequestTopic> requested) {
            Set<UUID> ids = new LinkedHashSet<>();
            requested.forEach(each -> ids.add(each.topicId()));
            ids.remove(Uuids.ZERO);
            List<MetadataResponseTopic> topics = new ArrayList<>(ids.size());
            for (UUID id : ids) {
                TopicImage topic = image.topic(id);
                topics.add(topic == null ? absent(id) : topic(topic));
            }
            return response.topics(topics);
        }

        private List<MetadataResponseBroker> brokers() {
            List<MetadataResponseBroker> brokers = new ArrayList<>(view.nodeCount());
            for (ListenerView.Node node : view.nodes()) {
                brokers.add(new MetadataResponseBroker()
                        .nodeId(node.id())
                        .host(node.host())
                        .port(node.port())
                        .rack(node.rack()));
            }
            return brokers;
        }

        private MetadataResponseTopic absent(String name) {
            ErrorCode error = TopicNames.problemWith(name) == null
                    ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                    : ErrorCode.INVALID_TOPIC_EXCEPTION;
            return named(error, name).topicAuthorizedOperations(topicOperations);
        }

        private static MetadataResponseTopic absent(UUID id) {
            return new MetadataResponseTopic()
                    .errorCode(ErrorCode.UNKNOWN_TOPIC_ID.code())
                    .name(null)
                    .topicId(id);
        }

        private MetadataResponseTopic topic(TopicImage topic) {
            List<MetadataResponsePartition> partitions =
                    new ArrayList<>(topic.partitions().size());
            for (int index = 0; index < topic.partitions().size(); index++) {
                partitions.add(partition(topic, index));
            }
            return named(ErrorCode.NONE, topic.name())
                    .topicId(topic.id())
                    .partitions(partitions)
                    .topicAuthorizedOperations(topicOperations);
        }

        private static MetadataResponseTopic named(ErrorCode error, @Nullable String name) {
            return new MetadataResponseTopic()
                    .errorCode(error.code())
                    .name(name)
                    .isInternal(name != null && TopicNames.isInternal(name));
        }

        private MetadataResponsePartition partition(TopicImage topic, int index) {
            PartitionState state = topic.partitions().get(index);
            return new MetadataResponsePartition()
                    .errorCode(partitionError(topic, index).code())
                    .partitionIndex(index)
                    .leaderId(view.leaderOf(topic, index))
                    .leaderEpoch(state.leaderEpoch())
                    .replicaNodes(visible(state.replicas()))
                    .isrNodes(visible(state.isr()))
                    .offlineReplicas(view.offlineReplicas(topic, index));
        }

        private ErrorCode partitionError(TopicImage topic, int index) {
            PartitionState state = topic.partitions().get(index);
            ErrorCode error = view.leaderError(topic, index, version >= FIRST_VERSION_WITH_LISTENER_NOT_FOUND);
            boolean hidesReplicas =
                    visible(state.replicas()) != state.replicas() || visible(state.isr()) != state.isr();
            return error == ErrorCode.NONE && hidesReplicas ? ErrorCode.REPLICA_NOT_AVAILABLE : error;
        }

        /** Version 0 names only brokers that are in the response; later clients know how to treat the others. */
        private List<Integer> visible(List<Integer> brokers) {
            return version == 0 ? view.reachable(brokers) : brokers;
        }
    }
}
