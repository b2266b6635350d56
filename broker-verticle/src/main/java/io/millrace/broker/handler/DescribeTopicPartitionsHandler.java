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
import io.millrace.wire.message.DescribeTopicPartitionsRequest;
import io.millrace.wire.message.DescribeTopicPartitionsRequest.TopicRequest;
import io.millrace.wire.message.DescribeTopicPartitionsResponse;
import io.millrace.wire.message.DescribeTopicPartitionsResponse.Cursor;
import io.millrace.wire.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition;
import io.millrace.wire.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * DescribeTopicPartitions: topics and their partitions in the order of names, page by page (KIP-966). A page ends with a
 * cursor: the first partition that is not on it.
 */
public final class DescribeTopicPartitionsHandler
        implements ApiHandler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse> {
    /** The most partitions on one page, whatever the client asks for: Kafka's max.request.partition.size.limit. */
    static final int PAGE_MAX = 2000;

    private final MetadataLog log;
    private final OfflineReplicas offline;

    DescribeTopicPartitionsHandler(MetadataLog log, OfflineReplicas offline) {
        this.log = log;
        this.offline = offline;
    }

    @Override
    public ApiKey key() {
        return ApiKey.DESCRIBE_TOPIC_PARTITIONS;
    }

    @Override
    public Future<DescribeTopicPartitionsResponse> handle(
            RequestContext context, DescribeTopicPartitionsRequest request) {
        if (!isCursorGood(request)) {
            return Future.succeededFuture(refusal(request));
        }
        ClusterImage image = log.image();
        ListenerView view = new ListenerView(image, context.connection(), offline);
        Page page = new Page(view, request.cursor(), request.responsePartitionLimit());
        if (request.topics().isEmpty()) {
            for (TopicImage topic : image.topicsFrom(page.firstTopic())) {
                if (!page.add(topic)) {
                    break;
                }
            }
        } else {
            for (String name : new TreeSet<>(names(request)).tailSet(page.firstTopic())) {
                TopicImage topic = image.topic(name);
                if (topic == null ? !page.addAbsent(name) : !page.add(topic)) {
                    break;
                }
            }
        }
        return Future.succeededFuture(page.response());
    }

    /** The cursor's partition is one that can exist, and its topic is among those asked for. */
    private static boolean isCursorGood(DescribeTopicPartitionsRequest request) {
        DescribeTopicPartitionsRequest.Cursor cursor = request.cursor();
        if (cursor == null) {
            return true;
        }
        boolean asked = request.topics().isEmpty() || names(request).contains(cursor.topicName());
        return asked && cursor.partitionIndex() >= 0;
    }

    private static List<String> names(DescribeTopicPartitionsRequest request) {
        return request.topics().stream().map(TopicRequest::name).toList();
    }

    private static DescribeTopicPartitionsResponse refusal(DescribeTopicPartitionsRequest request) {
        List<DescribeTopicPartitionsResponseTopic> topics = new ArrayList<>();
        for (String name : names(request)) {
            topics.add(new DescribeTopicPartitionsResponseTopic()
                    .errorCode(ErrorCode.INVALID_REQUEST.code())
                    .name(name));
        }
        return new DescribeTopicPartitionsResponse().topics(topics);
    }

    /** One response in the making. */
    private static final class Page {
        private final ListenerView view;
        private final String firstTopic;
        private final int firstPartition;
        private final List<DescribeTopicPartitionsResponseTopic> topics = new ArrayList<>();
        private int room;
        private @Nullable Cursor next;

        Page(ListenerView view, DescribeTopicPartitionsRequest.@Nullable Cursor cursor, int limit) {
            this.view = view;
            this.firstTopic = cursor == null ? "" : cursor.topicName();
            this.firstPartition = cursor == null ? 0 : cursor.partitionIndex();
            this.room = Math.max(1, Math.min(limit, PAGE_MAX));
        }

        String firstTopic() {
            return firstTopic;
        }

        /** Returns false when the page is full. */
        boolean add(TopicImage topic) {
            if (room == 0) {
                return endBefore(topic.name(), 0);
            }
            int start = topic.name().equals(firstTopic) ? firstPartition : 0;
            int end = (int) Math.min(topic.partitions().size(), (long) start + room);
            List<DescribeTopicPartitionsResponsePartition> partitions = new ArrayList<>();
            for (int index = start; index < end; index++) {
                partitions.add(partition(topic, index));
            }
            topics.add(named(ErrorCode.NONE, topic.name())
                    .topicId(topic.id())
                    .partitions(partitions)
                    .topicAuthorizedOperations(AuthorizedOperations.ON_TOPIC));
            room -= partitions.size();
            return end == topic.partitions().size() || start > end || endBefore(topic.name(), end);
        }

        /** Returns false when the page is full. */
        boolean addAbsent(String name) {
            if (room == 0) {
                return endBefore(name, 0);
            }
            topics.add(named(
                            TopicNames.problemWith(name) == null
                                    ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                                    : ErrorCode.INVALID_TOPIC_EXCEPTION,
                            name)
                    .topicAuthorizedOperations(AuthorizedOperations.ON_TOPIC));
            return true;
        }

        DescribeTopicPartitionsResponse response() {
            return new DescribeTopicPartitionsResponse().topics(topics).nextCursor(next);
        }

        private boolean endBefore(String topic, int partition) {
            next = new Cursor().topicName(topic).partitionIndex(partition);
            return false;
        }

        private static DescribeTopicPartitionsResponseTopic named(ErrorCode error, String name) {
            return new DescribeTopicPartitionsResponseTopic()
                    .errorCode(error.code())
                    .name(name)
                    .isInternal(TopicNames.isInternal(name));
        }

        private DescribeTopicPartitionsResponsePartition partition(TopicImage topic, int index) {
            PartitionState state = topic.partitions().get(index);
            return new DescribeTopicPartitionsResponsePartition()
                    .partitionIndex(index)
                    .leaderId(view.leaderOf(topic, index))
                    .leaderEpoch(state.leaderEpoch())
                    .replicaNodes(state.replicas())
                    .isrNodes(state.isr())
                    .eligibleLeaderReplicas(List.of())
                    .lastKnownElr(List.of())
                    .offlineReplicas(view.offlineReplicas(topic, index));
        }
    }
}
