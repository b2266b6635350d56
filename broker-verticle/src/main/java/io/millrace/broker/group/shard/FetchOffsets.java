package io.millrace.broker.group.shard;

import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.offset.GroupOffsets;
import io.millrace.broker.group.record.CommittedOffset;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Somebody asks how far the group has come.
 *
 * @param memberId of a member of the next-generation protocol, null if whoever asks does not say
 * @param memberEpoch of it, or -1
 * @param topics null for all that there are
 * @param topicIds what a topic of this name is now: offsets of an earlier one are not told; or null if that is not known, and
 *     all are told
 * @param isStable whether commits that are on their way to the disk are waited for
 */
public record FetchOffsets(
        String groupId,
        @Nullable String memberId,
        int memberEpoch,
        @Nullable List<Topic> topics,
        Function<String, @Nullable UUID> topicIds,
        boolean isStable,
        Consumer<OffsetFetchResponseGroup> reply)
        implements Operation {

    private static final long NO_OFFSET = -1;

    /** Partitions that are asked for. */
    public record Topic(String name, List<Integer> partitions) {}

    @Override
    public boolean isView() {
        return !isStable;
    }

    @Override
    public Decision decide(Group group, Moment now) {
        ConsumerGroup consumers = group.consumers();
        ErrorCode error =
                consumers == null ? ErrorCode.NONE : consumers.offsetRights().checkFetch(memberId, memberEpoch);
        if (error != ErrorCode.NONE) {
            refuse(error);
            return Decision.DONE;
        }
        List<Topic> wanted = topics;
        List<OffsetFetchResponseTopics> answers = new ArrayList<>();
        if (wanted == null) {
            group.offsets().topics().forEach(name -> addAll(group.offsets(), name, answers));
        } else {
            wanted.forEach(each -> answers.add(some(group.offsets(), each)));
        }
        reply.accept(new OffsetFetchResponseGroup().groupId(groupId).topics(answers));
        return Decision.DONE;
    }

    private void addAll(GroupOffsets offsets, String name, List<OffsetFetchResponseTopics> answers) {
        OffsetFetchResponseTopics answer = topic(name);
        offsets.of(name).forEach((partition, offset) -> {
            if (GroupOffsets.isOf(offset, answer.topicId())) {
                answer.partitions().add(told(partition, offset));
            }
        });
        if (!answer.partitions().isEmpty()) {
            answers.add(answer);
        }
    }

    private OffsetFetchResponseTopics some(GroupOffsets offsets, Topic topic) {
        OffsetFetchResponseTopics answer = topic(topic.name());
        for (int partition : topic.partitions()) {
            CommittedOffset offset = offsets.get(topic.name(), answer.topicId(), partition);
            answer.partitions().add(told(partition, offset));
        }
        return answer;
    }

    private OffsetFetchResponseTopics topic(String name) {
        UUID id = topicIds.apply(name);
        return new OffsetFetchResponseTopics().name(name).topicId(id == null ? Uuids.ZERO : id);
    }

    private static OffsetFetchResponsePartitions told(int partition, @Nullable CommittedOffset offset) {
        return new OffsetFetchResponsePartitions()
                .partitionIndex(partition)
                .committedOffset(offset == null ? NO_OFFSET : offset.offset())
                .committedLeaderEpoch(offset == null ? CommittedOffset.NO_LEADER_EPOCH : offset.leaderEpoch())
                .metadata(offset == null ? "" : offset.metadata());
    }

    /**
     * Never an empty answer: a client would take it for "nothing committed yet" and begin where it likes. Consumers before 3.9
     * do not know "not available" here, but do look for the coordinator again when they are told to. As Kafka does.
     */
    @Override
    public void refuse(ErrorCode error) {
        ErrorCode told = error == ErrorCode.COORDINATOR_NOT_AVAILABLE ? ErrorCode.NOT_COORDINATOR : error;
        reply.accept(new OffsetFetchResponseGroup().groupId(groupId).errorCode(told.code()));
    }
}
