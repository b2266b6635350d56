package io.millrace.broker.group.shard;

import io.millrace.broker.group.classic.JoinAnswers;
import io.millrace.broker.group.classic.JoinAttempt;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;

/** A client wants to be a member. It is answered when the next generation begins, or with an error. */
public record JoinGroup(String groupId, JoinAttempt attempt) implements Operation {

    @Override
    public Decision decide(Group group, Moment now) {
        return group.members().join(attempt, now);
    }

    @Override
    public void refuse(ErrorCode error) {
        attempt.reply().accept(JoinAnswers.failed(attempt.memberId(), error));
    }
}
