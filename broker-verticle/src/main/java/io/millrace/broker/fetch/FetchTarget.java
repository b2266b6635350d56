package io.millrace.broker.fetch;

import io.millrace.broker.partition.Partition;
import io.millrace.wire.message.FetchRequest;
import io.millrace.wire.message.FetchResponse;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One partition that a client fetches, with what it asked last and what it was told last. Owned by: the event loop of
 * the connection.
 */
final class FetchTarget {

    private static final long NEVER_TOLD = -2;

    /** Names the partition within a session: by topic id when the session uses ids, else by topic name. */
    record Key(Object topic, int index) {}

    private final String topic;
    private final UUID topicId;
    private final int index;

    private long offset;
    private int bytesMax;
    private int currentLeaderEpoch;
    private int lastFetchedEpoch;

    private long toldHighWatermark = NEVER_TOLD;
    private long toldLogStartOffset = NEVER_TOLD;
    private @Nullable Partition partition;

    FetchTarget(String topic, UUID topicId, FetchRequest.FetchPartition asked) {
        this.topic = topic;
        this.topicId = topicId;
        this.index = asked.partition();
        update(asked);
    }

    /** Takes over what the client asks now. */
    void update(FetchRequest.FetchPartition asked) {
        offset = asked.fetchOffset();
        bytesMax = asked.partitionMaxBytes();
        currentLeaderEpoch = asked.currentLeaderEpoch();
        lastFetchedEpoch = asked.lastFetchedEpoch();
    }

    /** Empty when the request named the topic by id. */
    String topic() {
        return topic;
    }

    UUID topicId() {
        return topicId;
    }

    int index() {
        return index;
    }

    long offset() {
        return offset;
    }

    int bytesMax() {
        return bytesMax;
    }

    int currentLeaderEpoch() {
        return currentLeaderEpoch;
    }

    int lastFetchedEpoch() {
        return lastFetchedEpoch;
    }

    /** The partition as last found, or null. */
    @Nullable
    Partition partition() {
        return partition;
    }

    void partition(@Nullable Partition found) {
        partition = found;
    }

    /** Takes note of an answer; returns whether it says anything that an earlier one did not (KIP-227). */
    boolean isNews(FetchResponse.PartitionData answer) {
        boolean failed = answer.errorCode() != 0;
        boolean news = failed
                || hasRecords(answer)
                || answer.highWatermark() != toldHighWatermark
                || answer.logStartOffset() != toldLogStartOffset
                || answer.divergingEpoch().epoch() >= 0;
        // After an error the client hears of the partition again as soon as the error is over.
        toldHighWatermark = failed ? NEVER_TOLD : answer.highWatermark();
        toldLogStartOffset = answer.logStartOffset();
        return news;
    }

    static boolean hasRecords(FetchResponse.PartitionData answer) {
        return answer.records() != null && answer.records().sizeBytes() > 0;
    }
}
