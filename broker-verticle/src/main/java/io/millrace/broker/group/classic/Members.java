package io.millrace.broker.group.classic;

import io.millrace.broker.group.decision.MemberMemory;
import io.millrace.broker.group.pulse.Pulses;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.GroupMetadataValue.MemberMetadata;
import io.millrace.wire.message.JoinGroupResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The members of one group, in the order in which they came, with the sums that every step asks for. Owned by: its group.
 */
final class Members {

    private final Map<String, Member> byId = new LinkedHashMap<>();
    private final Map<String, String> idOfInstance = new HashMap<>();

    private final MemberMemory memory;
    private final Pulses pulses;

    /** How many members know each protocol. */
    private final Map<String, Integer> support = new HashMap<>();

    Members(MemberMemory memory, Pulses pulses) {
        this.memory = memory;
        this.pulses = pulses;
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    int size() {
        return byId.size();
    }

    Collection<Member> all() {
        return byId.values();
    }

    @Nullable
    Member get(String id) {
        return byId.get(id);
    }

    boolean has(String id) {
        return byId.containsKey(id);
    }

    /** The member id that a static member has now. */
    @Nullable
    String idOf(String instanceId) {
        return idOfInstance.get(instanceId);
    }

    List<Member> where(Predicate<Member> condition) {
        return byId.values().stream().filter(condition).toList();
    }

    void add(Member member) {
        memory.add(member.bytes());
        byId.put(member.id, member);
        if (member.instanceId != null) {
            idOfInstance.put(member.instanceId, member.id);
        }
        count(member.protocols, 1);
    }

    /** Takes a member out; who removes it has answered what it waits for. */
    void remove(Member member) {
        member.closePulse(pulses);
        memory.add(-member.bytes());
        byId.remove(member.id);
        if (member.instanceId != null) {
            idOfInstance.remove(member.instanceId, member.id);
        }
        count(member.protocols, -1);
    }

    /**
     * Takes over the members of a record. Those that are here go on waiting for what they wait for; the others are answered and
     * go.
     *
     * @param protocol that the generation has agreed on
     * @param newMember makes one as the record has it
     */
    void replaceAll(
            List<MemberMetadata> recorded, @Nullable String protocol, Function<MemberMetadata, Member> newMember) {
        Set<String> ids = new HashSet<>();
        Set<String> instances = new HashSet<>();
        for (MemberMetadata each : recorded) {
            ids.add(each.memberId());
            if (each.groupInstanceId() != null) {
                instances.add(each.groupInstanceId());
            }
        }
        for (Member each : where(member -> !ids.contains(member.id))) {
            boolean replaced = each.instanceId != null && instances.contains(each.instanceId);
            each.dismiss(replaced ? ErrorCode.FENCED_INSTANCE_ID : ErrorCode.UNKNOWN_MEMBER_ID);
            remove(each);
        }
        for (MemberMetadata each : recorded) {
            Member member = byId.get(each.memberId());
            if (member == null) {
                member = newMember.apply(each);
                add(member);
            } else if (!member.isAs(each, protocol)) {
                // A log is read, and this is what the member said when it joined again. Live it has said so already.
                Member again = newMember.apply(each);
                update(member, again.protocols, again.rebalanceTimeoutMs, again.sessionTimeoutMs);
            }
            int before = member.bytes();
            member.assign(each);
            memory.add(member.bytes() - before);
        }
    }

    /** What the member was assigned is void. */
    void unassign(Member member) {
        int before = member.bytes();
        member.unassign();
        memory.add(member.bytes() - before);
    }

    /** A member says what it can do now. */
    void update(Member member, Protocols protocols, int rebalanceTimeoutMs, int sessionTimeoutMs) {
        memory.add(protocols.bytes() - member.protocols.bytes());
        count(member.protocols, -1);
        member.protocols = protocols;
        count(protocols, 1);
        member.rebalanceTimeoutMs = rebalanceTimeoutMs;
        member.sessionTimeoutMs = sessionTimeoutMs;
    }

    private void count(Protocols protocols, int change) {
        for (String name : protocols.names()) {
            support.merge(name, change, Members::sum);
        }
    }

    private static @Nullable Integer sum(Integer before, Integer change) {
        int after = before + change;
        return after == 0 ? null : after;
    }

    /** Their heartbeats come to the group again. */
    void closePulses() {
        byId.values().forEach(each -> each.closePulse(pulses));
    }

    int joining() {
        return (int) byId.values().stream().filter(Member::isJoining).count();
    }

    boolean allJoining() {
        return byId.values().stream().allMatch(Member::isJoining);
    }

    boolean allSynced() {
        return byId.values().stream().allMatch(each -> each.synced);
    }

    /** The slowest member decides how long a rebalance may take. */
    int rebalanceTimeoutMs() {
        return byId.values().stream()
                .mapToInt(each -> each.rebalanceTimeoutMs)
                .max()
                .orElse(0);
    }

    /** Whether all members know one of these protocols. */
    boolean support(Protocols protocols) {
        return protocols.names().stream().anyMatch(name -> support.getOrDefault(name, 0) == size());
    }

    /**
     * The protocol of the next generation: every member votes for the first of its own that all know, and the most votes
     * win; of equals, the one that was named first. There are members, and they have one in common.
     */
    String vote() {
        return vote(byId.values());
    }

    /** As {@link #vote()}, if a member were replaced by another. */
    String voteWith(Member replaced, Member replacement) {
        List<Member> voters = new ArrayList<>(byId.values());
        voters.replaceAll(each -> each == replaced ? replacement : each);
        return vote(voters);
    }

    private static String vote(Collection<Member> voters) {
        Set<String> candidates = null;
        for (Member each : voters) {
            Set<String> known = new HashSet<>(each.protocols.names());
            if (candidates == null) {
                candidates = known;
            } else {
                candidates.retainAll(known);
            }
        }
        Map<String, Integer> votes = new LinkedHashMap<>();
        for (Member each : voters) {
            String vote = candidates == null ? null : each.protocols.vote(candidates);
            if (vote != null) {
                votes.merge(vote, 1, Integer::sum);
            }
        }
        String winner = null;
        for (Map.Entry<String, Integer> each : votes.entrySet()) {
            if (winner == null || each.getValue() > votes.getOrDefault(winner, 0)) {
                winner = each.getKey();
            }
        }
        if (winner == null) {
            throw new IllegalStateException("the members have no protocol in common");
        }
        return winner;
    }

    /** Answers every JoinGroup that waits. */
    void answerJoins(Function<Member, JoinGroupResponse> answer) {
        byId.values().forEach(each -> each.answerJoin(answer.apply(each)));
    }
}
