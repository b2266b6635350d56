package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.group.GroupCoordinators;
import io.millrace.broker.group.shard.DeleteOffsets;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.TopicImage;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.OffsetDeleteRequest;
import io.millrace.wire.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import io.millrace.wire.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import io.millrace.wire.message.OffsetDeleteResponse;
import io.millrace.wire.message.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import io.millrace.wire.message.OffsetDeleteResponse.OffsetDeleteResponseTopic;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** OffsetDelete: a group forgets how far it has come in some partitions. */
final class OffsetDeleteHandler implements ApiHandler<OffsetDeleteRequest, OffsetDeleteResponse> {

    private final GroupCoordinators groups;
    private final MetadataLog metadata;

    OffsetDeleteHandler(GroupCoordinators groups, MetadataLog metadata) {
        this.groups = groups;
        this.metadata = metadata;
    }

    @Override
    public ApiKey key() {
        return ApiKey.OFFSET_DELETE;
    }

    @Override
    public Future<OffsetDeleteResponse> handle(RequestContext context, OffsetDeleteRequest request) {
        OffsetDeleteResponse response = new OffsetDeleteResponse();
        List<DeleteOffsets.Item> items = new ArrayList<>();
        ClusterImage image = metadata.image();
        for (OffsetDeleteRequestTopic topic : request.topics()) {
            OffsetDeleteResponseTopic answers = new OffsetDeleteResponseTopic().name(topic.name());
            response.topics().add(answers);
            TopicImage found = image.topic(topic.name());
            int count = found == null ? 0 : found.partitions().size();
            for (OffsetDeleteRequestPartition each : topic.partitions()) {
                int index = each.partitionIndex();
                OffsetDeleteResponsePartition answer = new OffsetDeleteResponsePartition().partitionIndex(index);
                answers.partitions().add(answer);
                if (index < 0 || index >= count) {
                    answer.errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
                } else {
                    items.add(new DeleteOffsets.Item(topic.name(), index, answer));
                }
            }
        }
        Reply<ErrorCode> reply = new Reply<>();
        DeleteOffsets operation = new DeleteOffsets(request.groupId(), items, reply);
        if (request.groupId().isEmpty()) {
            operation.refuse(ErrorCode.INVALID_GROUP_ID);
        } else {
            groups.submit(operation);
        }
        return reply.future()
                .map(error -> error == ErrorCode.NONE ? response : new OffsetDeleteResponse().errorCode(error.code()));
    }
}
