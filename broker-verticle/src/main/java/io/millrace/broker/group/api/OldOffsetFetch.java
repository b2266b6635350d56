package io.millrace.broker.group.api;

import io.millrace.wire.message.OffsetFetchRequest;
import io.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import io.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.millrace.wire.message.OffsetFetchResponse;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponsePartition;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseTopic;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.List;

/** OffsetFetch as it was before version 8: about one group, in fields of its own. */
final class OldOffsetFetch {

    private static final int FIRST_VERSION_WITH_GROUP_ERROR = 2;

    private final short version;
    private final OffsetFetchRequest request;

    OldOffsetFetch(short version, OffsetFetchRequest request) {
        this.version = version;
        this.request = request;
    }

    /** The group that is asked for, as newer versions say it. */
    OffsetFetchRequestGroup group() {
        List<OffsetFetchRequestTopic> topics = request.topics();
        return new OffsetFetchRequestGroup()
                .groupId(request.groupId())
                .topics(
                        topics == null
                                ? null
                                : topics.stream()
                                        .map(each -> new OffsetFetchRequestTopics()
                                                .name(each.name())
                                                .partitionIndexes(each.partitionIndexes()))
                                        .toList());
    }

    OffsetFetchResponse response(OffsetFetchResponseGroup group) {
        if (group.errorCode() != 0 && version < FIRST_VERSION_WITH_GROUP_ERROR) {
            return failedPartitions(group.errorCode());
        }
        return new OffsetFetchResponse()
                .errorCode(group.errorCode())
                .topics(group.topics().stream().map(OldOffsetFetch::topic).toList());
    }

    private static OffsetFetchResponseTopic topic(OffsetFetchResponseTopics topic) {
        return new OffsetFetchResponseTopic()
                .name(topic.name())
                .partitions(topic.partitions().stream()
                        .map(OldOffsetFetch::partition)
                        .toList());
    }

    private static OffsetFetchResponsePartition partition(OffsetFetchResponsePartitions partition) {
        return new OffsetFetchResponsePartition()
                .partitionIndex(partition.partitionIndex())
                .committedOffset(partition.committedOffset())
                .committedLeaderEpoch(partition.committedLeaderEpoch())
                .metadata(partition.metadata())
                .errorCode(partition.errorCode());
    }

    /** Where the group as a whole cannot have an error, every partition has it. */
    private OffsetFetchResponse failedPartitions(short code) {
        List<OffsetFetchRequestTopic> topics = request.topics() == null ? List.of() : request.topics();
        return new OffsetFetchResponse()
                .topics(topics.stream()
                        .map(topic -> new OffsetFetchResponseTopic()
                                .name(topic.name())
                                .partitions(topic.partitionIndexes().stream()
                                        .map(index -> new OffsetFetchResponsePartition()
                                                .partitionIndex(index)
                                                .committedOffset(-1)
                                                .metadata("")
                                                .errorCode(code))
                                        .toList()))
                        .toList());
    }
}
