package io.millrace.broker.group.shard;

import io.millrace.broker.group.classic.ClassicGroup;
import io.millrace.broker.group.consumer.HeartbeatAttempt;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.MembershipRecord;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.List;

/** A member of the next-generation protocol joins, goes on or leaves. */
public record ConsumerHeartbeat(String groupId, HeartbeatAttempt attempt) implements Operation {

    @Override
    public Decision decide(Group group, Moment now) {
        if (!group.members().isEmpty()) {
            return takeOver(group);
        }
        Decision decision = group.consumersOrNew().heartbeat(attempt, group.topics(), now);
        if (decision.isDone() || group.members().isVoid()) {
            return decision;
        }
        // What is left of a group whose members spoke the classic protocol: from now on it is another one.
        List<GroupRecord> records = new ArrayList<>();
        records.add(new MembershipRecord(groupId, null));
        records.addAll(decision.records());
        return new Decision(records, decision.applied(), decision.failed());
    }

    /** The members go on as they are, in a group that assigns to them, if that is allowed and can be told from what they say. */
    private Decision takeOver(Group group) {
        ClassicGroup members = group.members();
        List<GroupRecord> records = attempt.joins() && members.isOfConsumers() ? group.takenOver() : List.of();
        if (records.isEmpty()) {
            attempt.reply()
                    .accept(new ConsumerGroupHeartbeatResponse()
                            .errorCode(ErrorCode.GROUP_ID_NOT_FOUND.code())
                            .errorMessage("Group " + groupId + " is not a consumer group."));
            return Decision.DONE;
        }
        members.dismissAll(ErrorCode.REBALANCE_IN_PROGRESS);
        return Decision.first(
                records, at -> group.consumersOrNew().beginSessions(at), (error, at) -> refuse(error));
    }

    @Override
    public void refuse(ErrorCode error) {
        attempt.reply().accept(new ConsumerGroupHeartbeatResponse().errorCode(error.code()));
    }
}
