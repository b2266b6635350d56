package io.millrace.broker.group.shard;

import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.offset.OffsetExpiry;
import io.millrace.broker.group.record.CommittedOffset;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.MembershipRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Forgets the offsets in topics that are gone, which a new topic of the same name must not inherit; and, if that was asked for,
 * those whose time is over, and the group if it is empty and has none left.
 */
final class TidyGroup extends GroupOperation {

    private final boolean expires;
    private final long retentionMs;
    private final Predicate<UUID> isGone;
    private final Decision.Applied done;

    /** @param done runs when nothing of this is on its way any more, whatever came of it */
    TidyGroup(String groupId, boolean expires, long retentionMs, Predicate<UUID> isGone, Decision.Applied done) {
        super(groupId);
        this.expires = expires;
        this.retentionMs = retentionMs;
        this.isGone = isGone;
        this.done = done;
    }

    @Override
    public Decision decide(Group group, Moment now) {
        OffsetExpiry expiry = new OffsetExpiry(retentionMs, now.wallMs());
        List<GroupRecord> records = new ArrayList<>(group.offsets()
                .tombstones(
                        group.id(),
                        (topic, offset) ->
                                isGone.test(offset.topicId()) || (expires && isExpired(group, expiry, topic, offset))));
        if (expires && records.size() == group.offsets().count() && isAbandoned(group)) {
            ConsumerGroup consumers = group.consumers();
            if (consumers == null) {
                records.add(new MembershipRecord(group.id(), null));
            } else {
                records.addAll(consumers.tombstones());
            }
        }
        if (records.isEmpty()) {
            done.run(now);
            return Decision.DONE;
        }
        return new Decision(records, done, (error, at) -> done.run(at));
    }

    /** What members of the next-generation protocol read is always known. */
    private static boolean isExpired(Group group, OffsetExpiry expiry, String topic, CommittedOffset offset) {
        ConsumerGroup consumers = group.consumers();
        return consumers == null
                ? expiry.isExpired(group.members(), topic, offset)
                : expiry.isOld(offset) && !consumers.reads(topic);
    }

    private static boolean isAbandoned(Group group) {
        return group.exists() && !group.hasMembers() && !group.members().hasInvited();
    }
}
