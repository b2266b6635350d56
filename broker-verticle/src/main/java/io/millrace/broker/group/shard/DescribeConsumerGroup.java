package io.millrace.broker.group.shard;

import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.consumer.ConsumerGroupState;
import io.millrace.broker.group.consumer.ConsumerViews;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupDescribeResponse.DescribedGroup;
import java.util.function.Consumer;

/** A tool wants to see a group of the next-generation protocol. */
public record DescribeConsumerGroup(String groupId, Consumer<DescribedGroup> reply) implements Operation {

    @Override
    public boolean isView() {
        return true;
    }

    @Override
    public Decision decide(Group group, Moment now) {
        ConsumerGroup consumers = group.consumers();
        if (consumers != null) {
            reply.accept(ConsumerViews.described(consumers, group.topics()));
        } else {
            String what = group.exists() ? " is not a consumer group." : " not found.";
            reply.accept(new DescribedGroup()
                    .groupId(groupId)
                    .groupState(ConsumerGroupState.DEAD.title())
                    .errorCode(ErrorCode.GROUP_ID_NOT_FOUND.code())
                    .errorMessage("Group " + groupId + what));
        }
        return Decision.DONE;
    }

    @Override
    public void refuse(ErrorCode error) {
        reply.accept(new DescribedGroup().groupId(groupId).errorCode(error.code()));
    }
}
