package io.millrace.broker.group.consumer;

import io.millrace.wire.ErrorCode;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who may commit and fetch the offsets of a group, in which of its epochs. A view of the group as it is. */
public final class OffsetRights {

    /** From here on clients can say in which epoch of theirs they commit. */
    private static final int FIRST_COMMIT_VERSION = 9;

    private final ConsumerGroup group;

    OffsetRights(ConsumerGroup group) {
        this.group = group;
    }

    /** NONE, or what speaks against every commit of this member; each partition is to be looked at by itself, too. */
    public ErrorCode checkCommit(String memberId, int memberEpoch, short version) {
        if (memberEpoch < 0 && group.isEmpty()) {
            // An administrator, or a consumer that assigns itself.
            return ErrorCode.NONE;
        }
        ConsumerMember member = group.member(memberId);
        if (member == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        if (!member.isClassic() && version < FIRST_COMMIT_VERSION) {
            return ErrorCode.UNSUPPORTED_VERSION;
        }
        boolean possible = memberEpoch >= 0 && memberEpoch <= member.progress.epoch();
        return possible ? ErrorCode.NONE : outdated(member);
    }

    /**
     * NONE, or what speaks against a commit for this partition of a member that may commit: it must be in its epoch, or have had
     * the partition since before.
     */
    public ErrorCode checkPartition(String memberId, int memberEpoch, UUID topicId, int partition) {
        ConsumerMember member = group.member(memberId);
        return member == null
                        || memberEpoch == member.progress.epoch()
                        || member.progress.assigned().hasSince(topicId, partition, memberEpoch)
                        || member.progress.revoking().hasSince(topicId, partition, memberEpoch)
                ? ErrorCode.NONE
                : outdated(member);
    }

    /** For a member that speaks the classic protocol, its epoch is a generation. */
    private static ErrorCode outdated(ConsumerMember member) {
        return member.isClassic() ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.STALE_MEMBER_EPOCH;
    }

    /** NONE, or what speaks against telling this member how far the group has come. Others do not say who they are. */
    public ErrorCode checkFetch(@Nullable String memberId, int memberEpoch) {
        if (memberId == null && memberEpoch < 0) {
            return ErrorCode.NONE;
        }
        ConsumerMember member = memberId == null ? null : group.member(memberId);
        if (member == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        return memberEpoch == member.progress.epoch() ? ErrorCode.NONE : outdated(member);
    }
}
