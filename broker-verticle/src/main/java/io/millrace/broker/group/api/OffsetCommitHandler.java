package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.group.GroupCoordinators;
import io.millrace.broker.group.shard.CommitOffsets;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.TopicImage;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.OffsetCommitRequest;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.millrace.wire.message.OffsetCommitResponse;
import io.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import io.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** OffsetCommit: a group has come so far. Of partitions that do not exist nothing is kept. */
final class OffsetCommitHandler implements ApiHandler<OffsetCommitRequest, OffsetCommitResponse> {

    private static final int FIRST_VERSION_WITH_TOPIC_IDS = 10;

    private final GroupCoordinators groups;
    private final MetadataLog metadata;

    OffsetCommitHandler(GroupCoordinators groups, MetadataLog metadata) {
        this.groups = groups;
        this.metadata = metadata;
    }

    @Override
    public ApiKey key() {
        return ApiKey.OFFSET_COMMIT;
    }

    @Override
    public Future<OffsetCommitResponse> handle(RequestContext context, OffsetCommitRequest request) {
        boolean byId = context.version() >= FIRST_VERSION_WITH_TOPIC_IDS;
        ClusterImage image = metadata.image();
        OffsetCommitResponse response = new OffsetCommitResponse();
        List<CommitOffsets.Item> items = new ArrayList<>();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            OffsetCommitResponseTopic answers =
                    new OffsetCommitResponseTopic().name(topic.name()).topicId(topic.topicId());
            response.topics().add(answers);
            TopicImage found = byId ? image.topic(topic.topicId()) : image.topic(topic.name());
            for (OffsetCommitRequestPartition each : topic.partitions()) {
                OffsetCommitResponsePartition answer =
                        new OffsetCommitResponsePartition().partitionIndex(each.partitionIndex());
                answers.partitions().add(answer);
                admit(found, each, answer, byId, items);
            }
        }
        if (items.isEmpty()) {
            return Future.succeededFuture(response);
        }
        Reply<OffsetCommitResponse> reply = new Reply<>();
        int metadataMax = groups.settings().offsetMetadataMax();
        groups.submit(new CommitOffsets(request, context.version(), items, metadataMax, () -> reply.accept(response)));
        return reply.future();
    }

    private static void admit(
            @Nullable TopicImage topic,
            OffsetCommitRequestPartition commit,
            OffsetCommitResponsePartition answer,
            boolean byId,
            List<CommitOffsets.Item> items) {
        int index = commit.partitionIndex();
        if (topic == null && byId) {
            answer.errorCode(ErrorCode.UNKNOWN_TOPIC_ID.code());
        } else if (topic == null || index < 0 || index >= topic.partitions().size()) {
            answer.errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        } else {
            items.add(new CommitOffsets.Item(topic.name(), topic.id(), commit, answer));
        }
    }
}
