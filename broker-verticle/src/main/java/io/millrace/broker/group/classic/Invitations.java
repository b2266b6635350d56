package io.millrace.broker.group.classic;

import io.millrace.broker.group.decision.MemberMemory;
import io.millrace.broker.group.decision.Moment;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Member ids that were given to clients which have not come back with them (KIP-394): a client whose connection breaks in
 * its first, long JoinGroup leaves no member behind. Owned by: its group.
 */
final class Invitations {

    /** More than this many newcomers at a time are no group: the one that has waited longest has to begin anew. */
    static final int COUNT_MAX = 10_000;

    /** Roughly what an invitation takes beside its characters. */
    private static final int INVITATION_BYTES = 200;

    private final MemberMemory memory;

    /** Until when each may be used, in steady time. */
    private final Map<String, Long> ends = new LinkedHashMap<>();

    Invitations(MemberMemory memory) {
        this.memory = memory;
    }

    /** What an invitation takes in memory. */
    static int bytes(String memberId) {
        return INVITATION_BYTES + memberId.length();
    }

    void add(String memberId, long endMs) {
        if (ends.size() >= COUNT_MAX) {
            remove(ends.keySet().iterator().next());
        }
        if (ends.put(memberId, endMs) == null) {
            memory.add(bytes(memberId));
        }
    }

    boolean has(String memberId) {
        return ends.containsKey(memberId);
    }

    boolean isEmpty() {
        return ends.isEmpty();
    }

    void remove(String memberId) {
        if (ends.remove(memberId) != null) {
            memory.add(-bytes(memberId));
        }
    }

    void removeAll(Collection<String> memberIds) {
        List.copyOf(memberIds).forEach(this::remove);
    }

    void expire(Moment now) {
        removeAll(ends.keySet().stream()
                .filter(id -> now.isPast(ends.getOrDefault(id, Moment.NEVER)))
                .toList());
    }

    void clear() {
        removeAll(ends.keySet());
    }

    long firstEndMs() {
        return ends.values().stream().mapToLong(Long::longValue).min().orElse(Moment.NEVER);
    }
}
