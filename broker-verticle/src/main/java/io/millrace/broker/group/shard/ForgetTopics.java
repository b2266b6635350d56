package io.millrace.broker.group.shard;

import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.GroupRecord;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/** Forgets the offsets in topics that are gone: a new topic of the same name must not inherit them. */
final class ForgetTopics extends GroupOperation {

    private final Predicate<UUID> gone;

    ForgetTopics(String groupId, Predicate<UUID> gone) {
        super(groupId);
        this.gone = gone;
    }

    @Override
    public Decision decide(Group group, Moment now) {
        List<GroupRecord> records =
                List.copyOf(group.offsets().tombstones(group.id(), (topic, offset) -> gone.test(offset.topicId())));
        return new Decision(records, at -> {}, (error, at) -> {});
    }
}
