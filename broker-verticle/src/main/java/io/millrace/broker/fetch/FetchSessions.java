package io.millrace.broker.fetch;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The fetch sessions of one event loop, at most one for each connection. Owned by: that event loop. When all places are
 * taken, a session that was not used for a while gives way; if there is none, the smallest of those that were begun a while
 * ago gives way to a larger one, which saves more (Kafka's rule, KIP-227; its precedence of followers has no use yet). Else
 * the client gets none and sends full requests.
 */
final class FetchSessions {

    /** How long a session keeps its place unused, or new. */
    static final long EVICTION_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final int sessionsMax;
    private final int partitionsMax;
    private final Map<Long, FetchSession> byConnection = new LinkedHashMap<>();
    private int partitions;

    /**
     * @param sessionsMax this loop's part of {@code max.incremental.fetch.session.cache.slots}
     * @param partitionsMax partitions of all sessions together
     */
    FetchSessions(int sessionsMax, int partitionsMax) {
        this.sessionsMax = sessionsMax;
        this.partitionsMax = partitionsMax;
    }

    /** Null if the connection has no such session. */
    @Nullable
    FetchSession find(long connectionId, int id) {
        FetchSession found = byConnection.get(connectionId);
        return found != null && found.id() == id ? found : null;
    }

    /** Begins the connection's session, in place of one that it has. Null if there is no place for one more. */
    @Nullable
    FetchSession create(long connectionId, boolean usesTopicIds, Collection<FetchTarget> targets, long nowNanos) {
        remove(connectionId);
        if (targets.size() > partitionsMax) {
            return null;
        }
        while (byConnection.size() >= sessionsMax || partitions + targets.size() > partitionsMax) {
            if (!evictFor(targets.size(), nowNanos)) {
                return null;
            }
        }
        int id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        FetchSession session = new FetchSession(id, usesTopicIds, targets, nowNanos);
        byConnection.put(connectionId, session);
        partitions += session.size();
        return session;
    }

    /** Counts a session's partitions anew after a request that changed them; false if it lost its place for it. */
    boolean resized(long connectionId, FetchSession session, int sizeBefore) {
        partitions += session.size() - sizeBefore;
        if (session.size() > sizeBefore && partitions > partitionsMax) {
            remove(connectionId);
            return false;
        }
        return true;
    }

    /** Ends the session of the connection, if it has one. */
    void remove(long connectionId) {
        FetchSession removed = byConnection.remove(connectionId);
        if (removed != null) {
            partitions -= removed.size();
        }
    }

    int size() {
        return byConnection.size();
    }

    /** Makes a place for a session of this size, if one may be made. Looks at all sessions, but only when places are short. */
    private boolean evictFor(int size, long nowNanos) {
        Map.Entry<Long, FetchSession> idlest = null;
        Map.Entry<Long, FetchSession> smallest = null;
        for (Map.Entry<Long, FetchSession> each : byConnection.entrySet()) {
            FetchSession session = each.getValue();
            if (idlest == null || session.usedNanos() - idlest.getValue().usedNanos() < 0) {
                idlest = each;
            }
            if (nowNanos - session.createdNanos() > EVICTION_NANOS
                    && (smallest == null || session.size() < smallest.getValue().size())) {
                smallest = each;
            }
        }
        if (idlest != null && nowNanos - idlest.getValue().usedNanos() > EVICTION_NANOS) {
            remove(idlest.getKey());
            return true;
        }
        if (smallest != null && smallest.getValue().size() < size) {
            remove(smallest.getKey());
            return true;
        }
        return false;
    }
}
