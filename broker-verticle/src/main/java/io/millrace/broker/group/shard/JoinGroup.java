package io.millrace.broker.group.shard;

import io.millrace.broker.group.classic.JoinAnswers;
import io.millrace.broker.group.classic.JoinAttempt;
import io.millrace.broker.group.consumer.ClassicAttempt;
import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.ErrorCode;

/**
 * A client that speaks the classic protocol wants to be a member. It is answered when the next generation begins, or with an
 * error; in a group of the next-generation protocol, once its step there is durable.
 */
public record JoinGroup(String groupId, JoinAttempt attempt) implements Operation {

    @Override
    public Decision decide(Group group, Moment now) {
        ConsumerGroup consumers = group.consumers();
        if (consumers == null) {
            return group.members().join(attempt, now);
        }
        if (consumers.isEmpty()) {
            ErrorCode problem = attempt.problemInEmptyGroup();
            if (problem != ErrorCode.NONE) {
                refuse(problem);
                return Decision.DONE;
            }
            // Nobody is left of those who spoke the other protocol.
            return Decision.first(consumers.tombstones(), at -> {}, (error, at) -> refuse(error));
        }
        return consumers.join(
                new ClassicAttempt(
                        attempt.described(),
                        attempt.protocolType(),
                        attempt.isNewcomer(),
                        attempt.comesTwice(),
                        attempt.reply()),
                group.topics(),
                now);
    }

    @Override
    public void refuse(ErrorCode error) {
        attempt.reply().accept(JoinAnswers.failed(attempt.memberId(), error));
    }
}
