package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.ConsumerRecord;
import java.util.HashMap;
import java.util.Map;

/** What every member of a group is to have in the end, as it was decided last. Owned by: its group. */
final class TargetAssignment {

    private static final int NO_EPOCH = -1;

    private final Map<String, TopicPartitions> byMember = new HashMap<>();
    private int epoch = NO_EPOCH;

    /** When it was decided, in steady time. */
    private long madeMs;

    /** The group's epoch that it is for, -1 if there is none. */
    int epoch() {
        return epoch;
    }

    boolean exists() {
        return epoch != NO_EPOCH;
    }

    TopicPartitions of(String memberId) {
        return byMember.getOrDefault(memberId, TopicPartitions.NONE);
    }

    /** Whether it is at least so old, or there is none. */
    boolean hasStoodFor(int ms, Moment now) {
        return !exists() || now.steadyMs() - madeMs >= ms;
    }

    void apply(ConsumerRecord.Target record) {
        var value = record.value();
        if (value == null) {
            byMember.remove(record.memberId());
        } else {
            byMember.put(record.memberId(), ConsumerViews.partitions(value));
        }
    }

    /** It may have been read from the log, long after it was decided. A clock that was set back makes it no younger than now. */
    void apply(ConsumerRecord.TargetEpoch record, Moment now) {
        var value = record.value();
        epoch = value == null ? NO_EPOCH : value.assignmentEpoch();
        long ageMs = value == null ? 0 : Math.max(0, now.wallMs() - value.assignmentTimestamp());
        madeMs = now.steadyMs() - ageMs;
    }
}
