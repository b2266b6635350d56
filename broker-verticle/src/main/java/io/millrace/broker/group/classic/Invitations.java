package io.millrace.broker.group.classic;

import io.millrace.broker.group.decision.Moment;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Member ids that were given to clients which have not come back with them (KIP-394): a client whose connection breaks in
 * its first, long JoinGroup leaves no member behind. Owned by: its group.
 */
final class Invitations {

    /** More than this many newcomers at a time are no group: the one that has waited longest has to begin anew. */
    static final int COUNT_MAX = 10_000;

    /** Until when each may be used, in steady time. */
    private final Map<String, Long> ends = new LinkedHashMap<>();

    void add(String memberId, long endMs) {
        if (ends.size() >= COUNT_MAX) {
            ends.remove(ends.keySet().iterator().next());
        }
        ends.put(memberId, endMs);
    }

    boolean has(String memberId) {
        return ends.containsKey(memberId);
    }

    boolean isEmpty() {
        return ends.isEmpty();
    }

    void remove(String memberId) {
        ends.remove(memberId);
    }

    void removeAll(Collection<String> memberIds) {
        ends.keySet().removeAll(memberIds);
    }

    void expire(Moment now) {
        ends.values().removeIf(now::isPast);
    }

    void clear() {
        ends.clear();
    }

    long firstEndMs() {
        return ends.values().stream().mapToLong(Long::longValue).min().orElse(Moment.NEVER);
    }
}
