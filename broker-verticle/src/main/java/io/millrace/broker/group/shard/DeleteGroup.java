package io.millrace.broker.group.shard;

import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.MembershipRecord;
import io.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** An administrator makes a group without members be forgotten, offsets and all. */
public record DeleteGroup(String groupId, Consumer<ErrorCode> reply) implements Operation {

    @Override
    public Decision decide(Group group, Moment now) {
        if (!group.exists() || group.hasMembers()) {
            reply.accept(group.exists() ? ErrorCode.NON_EMPTY_GROUP : ErrorCode.GROUP_ID_NOT_FOUND);
            return Decision.DONE;
        }
        List<GroupRecord> records = new ArrayList<>(group.offsets().tombstones(groupId, (topic, offset) -> true));
        ConsumerGroup consumers = group.consumers();
        if (consumers == null) {
            records.add(new MembershipRecord(groupId, null));
        } else {
            records.addAll(consumers.tombstones());
        }
        return new Decision(records, at -> reply.accept(ErrorCode.NONE), (failure, at) -> reply.accept(failure));
    }

    @Override
    public void refuse(ErrorCode error) {
        reply.accept(error);
    }
}
