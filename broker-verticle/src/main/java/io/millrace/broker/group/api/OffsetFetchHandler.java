package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.group.GroupCoordinators;
import io.millrace.broker.group.shard.FetchOffsets;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.TopicImage;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.OffsetFetchRequest;
import io.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.millrace.wire.message.OffsetFetchResponse;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** OffsetFetch: how far groups have come. */
final class OffsetFetchHandler implements ApiHandler<OffsetFetchRequest, OffsetFetchResponse> {

    private static final int FIRST_VERSION_WITH_MANY_GROUPS = 8;
    private static final int FIRST_VERSION_WITH_TOPIC_IDS = 10;

    private final GroupCoordinators groups;
    private final MetadataLog metadata;

    OffsetFetchHandler(GroupCoordinators groups, MetadataLog metadata) {
        this.groups = groups;
        this.metadata = metadata;
    }

    @Override
    public ApiKey key() {
        return ApiKey.OFFSET_FETCH;
    }

    @Override
    public Future<OffsetFetchResponse> handle(RequestContext context, OffsetFetchRequest request) {
        ClusterImage image = metadata.image();
        if (context.version() < FIRST_VERSION_WITH_MANY_GROUPS) {
            OldOffsetFetch old = new OldOffsetFetch(context.version(), request);
            return fetch(old.group(), request.requireStable(), false, image).map(old::response);
        }
        boolean byId = context.version() >= FIRST_VERSION_WITH_TOPIC_IDS;
        List<Future<OffsetFetchResponseGroup>> pending = request.groups().stream()
                .map(each -> fetch(each, request.requireStable(), byId, image))
                .toList();
        return Future.join(pending)
                .map(done -> new OffsetFetchResponse()
                        .groups(pending.stream().map(Future::result).toList()));
    }

    private Future<OffsetFetchResponseGroup> fetch(
            OffsetFetchRequestGroup wanted, boolean stable, boolean byId, ClusterImage image) {
        List<OffsetFetchRequestTopics> asked = wanted.topics();
        List<FetchOffsets.Topic> known = new ArrayList<>();
        List<OffsetFetchResponseTopics> unknown = new ArrayList<>();
        for (OffsetFetchRequestTopics each : asked == null ? List.<OffsetFetchRequestTopics>of() : asked) {
            String name = byId ? nameOf(each.topicId(), image) : each.name();
            if (name == null) {
                unknown.add(unknownId(each));
            } else {
                known.add(new FetchOffsets.Topic(name, each.partitionIndexes()));
            }
        }
        List<FetchOffsets.Topic> topics = asked == null ? null : known;
        Reply<OffsetFetchResponseGroup> reply = new Reply<>();
        groups.submit(new FetchOffsets(
                wanted.groupId(),
                wanted.memberId(),
                wanted.memberEpoch(),
                topics,
                name -> idOf(name, image),
                stable,
                reply));
        return reply.future().map(answer -> complete(answer, unknown, byId));
    }

    private static OffsetFetchResponseGroup complete(
            OffsetFetchResponseGroup answer, List<OffsetFetchResponseTopics> unknown, boolean byId) {
        if (answer.errorCode() != 0) {
            return answer;
        }
        List<OffsetFetchResponseTopics> all = new ArrayList<>(answer.topics());
        if (byId) {
            // A topic that is gone has no id by which the client could know it.
            all.removeIf(each -> each.topicId().equals(Uuids.ZERO));
        }
        all.addAll(unknown);
        return answer.topics(all);
    }

    private static OffsetFetchResponseTopics unknownId(OffsetFetchRequestTopics topic) {
        OffsetFetchResponseTopics answer = new OffsetFetchResponseTopics().topicId(topic.topicId());
        for (int each : topic.partitionIndexes()) {
            answer.partitions()
                    .add(new OffsetFetchResponsePartitions()
                            .partitionIndex(each)
                            .committedOffset(-1)
                            .metadata("")
                            .errorCode(ErrorCode.UNKNOWN_TOPIC_ID.code()));
        }
        return answer;
    }

    private static @Nullable String nameOf(UUID topicId, ClusterImage image) {
        TopicImage topic = image.topic(topicId);
        return topic == null ? null : topic.name();
    }

    private static @Nullable UUID idOf(String name, ClusterImage image) {
        TopicImage topic = image.topic(name);
        return topic == null ? null : topic.id();
    }
}
