package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.wire.message.ConsumerGroupDescribeResponse;
import io.millrace.wire.message.ConsumerGroupDescribeResponse.DescribedGroup;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import io.millrace.wire.message.ConsumerGroupTargetAssignmentMemberValue;
import io.millrace.wire.message.ListGroupsResponse.ListedGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A group as members, tools and records see it. */
public final class ConsumerViews {

    /** What kind of group it is, as ListGroups names it. */
    public static final String TYPE = "consumer";

    private static final String PROTOCOL_TYPE = "consumer";

    /** That a member speaks this protocol, not the classic one. */
    private static final byte MEMBER_TYPE = 1;

    private static final byte CLASSIC_MEMBER_TYPE = 0;

    private ConsumerViews() {}

    public static ListedGroup listed(ConsumerGroup group) {
        return new ListedGroup()
                .groupId(group.id())
                .protocolType(PROTOCOL_TYPE)
                .groupState(group.state().title())
                .groupType(TYPE);
    }

    /** Partitions of topics that are gone are left out: nobody could say what they are called. */
    public static DescribedGroup described(ConsumerGroup group, TopicView topics) {
        DescribedGroup answer = new DescribedGroup()
                .groupId(group.id())
                .groupState(group.state().title())
                .groupEpoch(group.epoch())
                .assignmentEpoch(group.targetEpoch())
                .assignorName(group.assignorName());
        for (ConsumerMember each : group.members()) {
            Profile profile = each.profile;
            answer.members()
                    .add(new ConsumerGroupDescribeResponse.Member()
                            .memberId(each.id)
                            .instanceId(profile.instanceId())
                            .rackId(profile.rackId())
                            .memberEpoch(each.progress.epoch())
                            .clientId(profile.clientId())
                            .clientHost(profile.clientHost())
                            .subscribedTopicNames(new ArrayList<>(profile.topics()))
                            .subscribedTopicRegex(profile.regex())
                            .assignment(described(each.progress.assigned().partitions(), topics))
                            .targetAssignment(described(group.targetOf(each.id), topics))
                            .memberType(each.isClassic() ? CLASSIC_MEMBER_TYPE : MEMBER_TYPE));
        }
        return answer;
    }

    private static ConsumerGroupDescribeResponse.Assignment described(TopicPartitions partitions, TopicView topics) {
        List<ConsumerGroupDescribeResponse.TopicPartitions> list = new ArrayList<>();
        for (UUID topicId : partitions.topicIds()) {
            String name = topics.nameOf(topicId);
            if (name != null) {
                list.add(new ConsumerGroupDescribeResponse.TopicPartitions()
                        .topicId(topicId)
                        .topicName(name)
                        .partitions(partitions.of(topicId)));
            }
        }
        return new ConsumerGroupDescribeResponse.Assignment().topicPartitions(list);
    }

    static ConsumerGroupHeartbeatResponse.Assignment assignment(TopicPartitions partitions) {
        List<ConsumerGroupHeartbeatResponse.TopicPartitions> list = new ArrayList<>();
        for (UUID topicId : partitions.topicIds()) {
            list.add(new ConsumerGroupHeartbeatResponse.TopicPartitions()
                    .topicId(topicId)
                    .partitions(partitions.of(topicId)));
        }
        return new ConsumerGroupHeartbeatResponse.Assignment().topicPartitions(list);
    }

    static ConsumerGroupTargetAssignmentMemberValue recorded(TopicPartitions partitions) {
        List<ConsumerGroupTargetAssignmentMemberValue.TopicPartition> list = new ArrayList<>();
        for (UUID topicId : partitions.topicIds()) {
            list.add(new ConsumerGroupTargetAssignmentMemberValue.TopicPartition()
                    .topicId(topicId)
                    .partitions(partitions.of(topicId)));
        }
        return new ConsumerGroupTargetAssignmentMemberValue().topicPartitions(list);
    }

    static TopicPartitions partitions(ConsumerGroupTargetAssignmentMemberValue record) {
        TopicPartitions.Builder partitions = new TopicPartitions.Builder();
        record.topicPartitions().forEach(each -> partitions.addAll(each.topicId(), each.partitions()));
        return partitions.build();
    }
}
