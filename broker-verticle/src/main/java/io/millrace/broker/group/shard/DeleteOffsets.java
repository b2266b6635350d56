package io.millrace.broker.group.shard;

import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.OffsetRecord;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * An administrator makes a group forget some offsets: of topics that its members do not read.
 *
 * @param items the answers are filled in
 * @param reply gets what is wrong with the group as a whole, or NONE when all answers are filled in
 */
public record DeleteOffsets(String groupId, List<Item> items, Consumer<ErrorCode> reply) implements Operation {

    /** A partition that exists, and the place of its answer. */
    public record Item(String topic, int partition, OffsetDeleteResponsePartition answer) {}

    @Override
    public Decision decide(Group group, Moment now) {
        ErrorCode error = check(group);
        if (error != ErrorCode.NONE) {
            reply.accept(error);
            return Decision.DONE;
        }
        List<GroupRecord> records = new ArrayList<>();
        for (Item each : items) {
            if (group.reads(each.topic())) {
                each.answer().errorCode(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC.code());
            } else if (group.offsets().get(each.topic(), Uuids.ZERO, each.partition()) != null) {
                records.add(new OffsetRecord(groupId, each.topic(), each.partition(), null));
            }
        }
        if (records.isEmpty()) {
            reply.accept(ErrorCode.NONE);
            return Decision.DONE;
        }
        return new Decision(records, at -> reply.accept(ErrorCode.NONE), (failure, at) -> reply.accept(failure));
    }

    private static ErrorCode check(Group group) {
        if (!group.exists()) {
            return ErrorCode.GROUP_ID_NOT_FOUND;
        }
        // What members other than consumers read cannot be told.
        return group.members().isEmpty() || group.members().isOfConsumers()
                ? ErrorCode.NONE
                : ErrorCode.NON_EMPTY_GROUP;
    }

    @Override
    public void refuse(ErrorCode error) {
        reply.accept(error);
    }
}
