package io.millrace.broker.group.record;

import java.util.UUID;

/**
 * How far a group has come in a partition.
 *
 * @param offset of the next record that the group will want
 * @param leaderEpoch of the last record that it had, or {@link #NO_LEADER_EPOCH}
 * @param metadata the client's own words, empty if it had none
 * @param commitTimestampMs when it was committed
 * @param expireTimestampMs when it is to be forgotten, or {@link #NO_EXPIRY} if the broker's settings say that: only
 *     clients of the time before KIP-211 ask for a time of their own
 * @param topicId the topic's identity when it was committed; zero in records of brokers that did not write it
 */
public record CommittedOffset(
        long offset, int leaderEpoch, String metadata, long commitTimestampMs, long expireTimestampMs, UUID topicId) {

    public static final int NO_LEADER_EPOCH = -1;
    public static final long NO_EXPIRY = -1;
}
