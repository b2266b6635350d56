package io.millrace.client;

/**
 * An offset to commit, or one that was committed.
 *
 * @param offset of the next record to read
 * @param leaderEpoch of the record before it, by which a truncated log is noticed (KIP-320); {@link #NO_LEADER_EPOCH} if
 *     unknown
 * @param metadata what the application wants to remember with it; may be empty
 */
public record OffsetAndMetadata(long offset, int leaderEpoch, String metadata) {

    public static final int NO_LEADER_EPOCH = -1;

    /** @throws IllegalArgumentException if the offset is negative, or the epoch below {@link #NO_LEADER_EPOCH} */
    public OffsetAndMetadata {
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + ": offsets count from 0");
        }
        if (leaderEpoch < NO_LEADER_EPOCH) {
            throw new IllegalArgumentException("leader epoch " + leaderEpoch + ": epochs count from 0, unknown is -1");
        }
    }

    /** An offset alone. */
    public OffsetAndMetadata(long offset) {
        this(offset, NO_LEADER_EPOCH, "");
    }
}
