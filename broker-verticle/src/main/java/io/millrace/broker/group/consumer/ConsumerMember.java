package io.millrace.broker.group.consumer;

import io.millrace.broker.group.decision.Moment;
import java.util.Objects;

/** A member of a group, as records have it, with the times that only memory knows. Owned by: its group. */
final class ConsumerMember {

    /** Roughly what a member takes beside what it says, with its places in maps. */
    private static final int MEMBER_BYTES = 800;

    /** Roughly what a partition takes that it has, or is to have. */
    private static final int PARTITION_BYTES = 100;

    final String id;
    Profile profile = Profile.NONE;
    Progress progress = Progress.NONE;

    /** Steady time after which it is gone. */
    long sessionEndMs = Moment.NEVER;

    /** Steady time until which it must have given up what it is asked to. */
    long revocationEndMs = Moment.NEVER;

    /** Steady time until which a member that speaks the classic protocol must have joined again, or fetched its assignment. */
    long expectedByMs = Moment.NEVER;

    ConsumerMember(String id) {
        this.id = id;
    }

    /** Whether it speaks the classic protocol. */
    boolean isClassic() {
        return profile.classic() != null;
    }

    /** What is known of it because it does. */
    ClassicProfile classic() {
        return Objects.requireNonNull(profile.classic());
    }

    boolean isExpired(Moment now) {
        return now.isPast(firstEndMs());
    }

    long firstEndMs() {
        return Math.min(sessionEndMs, Math.min(revocationEndMs, expectedByMs));
    }

    /** Roughly what it takes in memory. */
    int bytes() {
        int partitions = progress.assigned().partitions().count()
                + progress.revoking().partitions().count();
        return MEMBER_BYTES + id.length() + profile.bytes() + PARTITION_BYTES * partitions;
    }
}
