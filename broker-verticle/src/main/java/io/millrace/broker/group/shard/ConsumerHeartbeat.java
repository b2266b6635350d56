package io.millrace.broker.group.shard;

import io.millrace.broker.group.consumer.HeartbeatAttempt;
import io.millrace.broker.group.consumer.Refusal;
import io.millrace.broker.group.consumer.Upgrade;
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
            return takeOver(group, now);
        }
        Decision decision = group.consumersOrNew().heartbeat(attempt, group.topics(), now);
        return decision.isDone() || group.members().isVoid()
                ? decision
                : new Decision(insteadOfClassic(decision.records()), decision.applied(), decision.failed());
    }

    /** What is left of a group whose members speak, or spoke, the classic protocol: from now on it is another one. */
    private List<GroupRecord> insteadOfClassic(List<GroupRecord> records) {
        List<GroupRecord> all = new ArrayList<>();
        all.add(new MembershipRecord(groupId, null));
        all.addAll(records);
        return all;
    }

    /** The members go on as they are, in a group that assigns to them, if that is allowed and can be told from what they say. */
    private Decision takeOver(Group group, Moment now) {
        if (!attempt.joins()) {
            return refuse(new Refusal(ErrorCode.GROUP_ID_NOT_FOUND, "Group " + groupId + " is not a consumer group."));
        }
        Upgrade upgrade = group.upgrade();
        Refusal refusal = upgrade.refusal();
        if (refusal != null) {
            return refuse(refusal);
        }
        if (group.consumersOrNew().heartbeat(attempt, group.topics(), now).isDone()) {
            // Whom even a group without members refuses is not worth to disturb this one. It has been told so.
            return Decision.DONE;
        }
        group.members().dismissAll(ErrorCode.REBALANCE_IN_PROGRESS);
        return Decision.first(
                insteadOfClassic(upgrade.records()),
                at -> group.consumersOrNew().beginSessions(at),
                (error, at) -> refuse(error));
    }

    private Decision refuse(Refusal refusal) {
        attempt.reply().accept(refusal.response());
        return Decision.DONE;
    }

    @Override
    public void refuse(ErrorCode error) {
        attempt.reply().accept(new ConsumerGroupHeartbeatResponse().errorCode(error.code()));
    }
}
