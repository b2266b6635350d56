package io.millrace.broker.group.shard;

import io.millrace.broker.group.classic.JoinAnswers;
import io.millrace.broker.group.classic.JoinAttempt;
import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;

/** A client wants to be a member. It is answered when the next generation begins, or with an error. */
public record JoinGroup(String groupId, JoinAttempt attempt) implements Operation {

    @Override
    public Decision decide(Group group, Moment now) {
        ConsumerGroup consumers = group.consumers();
        if (consumers == null) {
            return group.members().join(attempt, now);
        }
        if (!consumers.isEmpty()) {
            refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
            return Decision.DONE;
        }
        // Nobody is left of those who spoke the other protocol. The client comes again at once, and finds a new group.
        return new Decision(
                consumers.tombstones(),
                at -> refuse(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS),
                (error, at) -> refuse(error));
    }

    @Override
    public void refuse(ErrorCode error) {
        attempt.reply().accept(JoinAnswers.failed(attempt.memberId(), error));
    }
}
