package io.millrace.broker.fetch;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.FetchRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What one client fetches, remembered between its requests so that each names only what changes (KIP-227). Owned by:
 * the event loop of the connection that began it; a client that comes back on another connection begins another.
 */
final class FetchSession {

    private final int id;
    private final boolean usesTopicIds;
    private final long createdNanos;
    private final Map<FetchTarget.Key, FetchTarget> targets = new LinkedHashMap<>();
    private int epoch = FetchEpoch.FIRST_INCREMENTAL;
    private long usedNanos;

    FetchSession(int id, boolean usesTopicIds, Collection<FetchTarget> first, long nowNanos) {
        this.id = id;
        createdNanos = nowNanos;
        usedNanos = nowNanos;
        this.usesTopicIds = usesTopicIds;
        for (FetchTarget target : first) {
            targets.put(key(target.topic(), target.topicId(), target.index()), target);
        }
    }

    int id() {
        return id;
    }

    /** The epoch that the next request must carry. */
    int epoch() {
        return epoch;
    }

    long createdNanos() {
        return createdNanos;
    }

    long usedNanos() {
        return usedNanos;
    }

    void used(long nowNanos) {
        usedNanos = nowNanos;
    }

    int size() {
        return targets.size();
    }

    /** All that the client fetches, the partition that was served longest ago first. A live view. */
    Collection<FetchTarget> targets() {
        return targets.values();
    }

    /**
     * Begins an incremental request: checks that it is the next one and takes over what it changes.
     *
     * @return NONE, or why the request cannot be part of this session
     */
    ErrorCode advance(FetchRequest request, boolean requestUsesTopicIds) {
        if (request.sessionEpoch() != epoch) {
            return ErrorCode.INVALID_FETCH_SESSION_EPOCH;
        }
        if (requestUsesTopicIds != usesTopicIds) {
            return ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR;
        }
        for (FetchRequest.FetchTopic topic : request.topics()) {
            for (FetchRequest.FetchPartition partition : topic.partitions()) {
                update(topic, partition);
            }
        }
        for (FetchRequest.ForgottenTopic topic : request.forgottenTopicsData()) {
            for (int index : topic.partitions()) {
                targets.remove(key(topic.topic(), topic.topicId(), index));
            }
        }
        epoch = FetchEpoch.next(epoch);
        return ErrorCode.NONE;
    }

    /** Lets the others be served first next time. */
    void moveToEnd(List<FetchTarget> served) {
        for (FetchTarget target : served) {
            FetchTarget.Key key = key(target.topic(), target.topicId(), target.index());
            if (targets.remove(key, target)) {
                targets.put(key, target);
            }
        }
    }

    /** The targets that a request names, each partition once. */
    static List<FetchTarget> targetsOf(FetchRequest request) {
        Map<FetchTarget.Key, FetchTarget> named = new LinkedHashMap<>();
        for (FetchRequest.FetchTopic topic : request.topics()) {
            for (FetchRequest.FetchPartition partition : topic.partitions()) {
                named.put(
                        key(topic.topic(), topic.topicId(), partition.partition()),
                        new FetchTarget(topic.topic(), topic.topicId(), partition));
            }
        }
        return new ArrayList<>(named.values());
    }

    private void update(FetchRequest.FetchTopic topic, FetchRequest.FetchPartition partition) {
        FetchTarget.Key key = key(topic.topic(), topic.topicId(), partition.partition());
        FetchTarget known = targets.get(key);
        if (known == null) {
            targets.put(key, new FetchTarget(topic.topic(), topic.topicId(), partition));
        } else {
            known.update(partition);
        }
    }

    private static FetchTarget.Key key(String topic, UUID topicId, int index) {
        return new FetchTarget.Key(topicId.equals(Uuids.ZERO) ? topic : topicId, index);
    }
}
