package io.millrace.broker.group.offset;

import io.millrace.broker.group.classic.ClassicGroup;
import io.millrace.broker.group.classic.GroupState;
import io.millrace.broker.group.record.CommittedOffset;

/**
 * When offsets are forgotten (KIP-211). A group that has members keeps those of the topics that they read, however old. What
 * counts otherwise is the time since the last member left, or, where nobody ever was a member, since the commit.
 */
public final class OffsetExpiry {

    private final long retentionMs;
    private final long nowMs;

    /** @param nowMs wall time */
    public OffsetExpiry(long retentionMs, long nowMs) {
        this.retentionMs = retentionMs;
        this.nowMs = nowMs;
    }

    /** For a group of the classic protocol. */
    public boolean isExpired(ClassicGroup group, String topic, CommittedOffset offset) {
        if (group.isEmpty()) {
            return isOld(offset, group.protocolType() == null ? -1 : group.stateSinceMs());
        }
        // While members come and go, and while it is not known what they read, nothing is forgotten.
        boolean known = group.state() == GroupState.STABLE && group.isOfConsumers() && group.topics() != null;
        return known && !group.reads(topic) && isOld(offset, -1);
    }

    /** Whether its time is over since the commit, if nobody reads the topic. */
    public boolean isOld(CommittedOffset offset) {
        return isOld(offset, -1);
    }

    /** @param sinceMs -1 for the time of the commit */
    private boolean isOld(CommittedOffset offset, long sinceMs) {
        if (offset.expireTimestampMs() != CommittedOffset.NO_EXPIRY) {
            return nowMs >= offset.expireTimestampMs();
        }
        return nowMs - (sinceMs < 0 ? offset.commitTimestampMs() : sinceMs) >= retentionMs;
    }
}
