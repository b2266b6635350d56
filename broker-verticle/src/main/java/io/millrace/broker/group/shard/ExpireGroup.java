package io.millrace.broker.group.shard;

import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.offset.OffsetExpiry;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.MembershipRecord;
import java.util.ArrayList;
import java.util.List;

/** Forgets the offsets whose time is over, and the group if it is empty and has none left. */
final class ExpireGroup extends GroupOperation {

    private final long retentionMs;

    ExpireGroup(String groupId, long retentionMs) {
        super(groupId);
        this.retentionMs = retentionMs;
    }

    @Override
    public Decision decide(Group group, Moment now) {
        OffsetExpiry expiry = new OffsetExpiry(group.members(), retentionMs, now.wallMs());
        List<GroupRecord> records = new ArrayList<>(group.offsets().tombstones(group.id(), expiry::isExpired));
        boolean nothingLeft = records.size() == group.offsets().count();
        if (nothingLeft
                && group.exists()
                && group.members().isEmpty()
                && !group.members().hasInvited()) {
            records.add(new MembershipRecord(group.id(), null));
        }
        return new Decision(records, at -> {}, (error, at) -> {});
    }
}
