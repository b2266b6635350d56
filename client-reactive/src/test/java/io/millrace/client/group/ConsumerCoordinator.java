package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A coordinator of the protocol of KIP-848, as simple as it can be. All that it knows is written down but sessions. */
final class ConsumerCoordinator implements ModelCoordinator {
    private final Map<String, Integer> topics;
    private final int sessionMs;
    private final int intervalMs;

    private final Map<String, Member> members = new LinkedHashMap<>();
    private Map<String, Integer> assignedTopics = Map.of();
    private int epoch;

    private static final class Member {
        final String id;
        Set<String> subscribed = Set.of();
        int rebalanceMs;
        int epoch;
        int previousEpoch;
        long heardMs;
        Set<TopicPartition> target = Set.of();
        Set<TopicPartition> assigned = new TreeSet<>();
        /** What it was told to give up, and has not. */
        Set<TopicPartition> revoking = Set.of();

        long revokeEndMs;
        /** What it was told last. */
        @Nullable
        Set<TopicPartition> told;

        Member(String id) {
            this.id = id;
        }
    }

    /** @param topics partition counts, which may change under it */
    ConsumerCoordinator(Map<String, Integer> topics, int sessionMs, int intervalMs) {
        this.topics = topics;
        this.sessionMs = sessionMs;
        this.intervalMs = intervalMs;
    }

    static UUID idOf(String topic) {
        return new UUID(1, topic.hashCode());
    }

    @Override
    public int changes() {
        return epoch;
    }

    @Override
    public void handle(ApiMessage message, Consumer<ApiMessage> answer, long nowMs) {
        if (!(message instanceof ConsumerGroupHeartbeatRequest request)) {
            throw new AssertionError("not of this protocol: " + message);
        }
        ConsumerGroupHeartbeatResponse response = new ConsumerGroupHeartbeatResponse()
                .memberId(request.memberId())
                .heartbeatIntervalMs(intervalMs);
        Member member = members.get(request.memberId());
        if (request.memberEpoch() < 0) {
            if (members.remove(request.memberId()) != null) {
                assign();
            }
            answer.accept(response.memberEpoch(request.memberEpoch()));
            return;
        }
        if (request.memberEpoch() == 0) {
            if (request.subscribedTopicNames() == null
                    || request.topicPartitions() == null
                    || request.rebalanceTimeoutMs() < 0) {
                throw new AssertionError("a join has to say everything");
            }
            if (member == null) {
                member = new Member(request.memberId());
                members.put(member.id, member);
            }
            member.told = null;
        } else if (member == null) {
            answer.accept(response.errorCode(ErrorCode.UNKNOWN_MEMBER_ID.code()));
            return;
        } else if (!isValid(member, request)) {
            answer.accept(response.errorCode(ErrorCode.FENCED_MEMBER_EPOCH.code()));
            return;
        }
        member.heardMs = nowMs;
        update(member, request);
        reconcile(member, request.topicPartitions(), nowMs);
        response.memberEpoch(member.epoch);
        if (!member.assigned.equals(member.told) || request.memberEpoch() == 0) {
            member.told = new TreeSet<>(member.assigned);
            response.assignment(assignment(member.assigned));
        }
        answer.accept(response);
    }

    /** A member whose last answer was lost may come with the epoch before, if it owns nothing that it should not. */
    private boolean isValid(Member member, ConsumerGroupHeartbeatRequest request) {
        if (request.memberEpoch() == member.epoch) {
            return true;
        }
        return request.memberEpoch() == member.previousEpoch
                && request.topicPartitions() != null
                && member.assigned.containsAll(partitions(request.topicPartitions()));
    }

    private void update(Member member, ConsumerGroupHeartbeatRequest request) {
        if (request.rebalanceTimeoutMs() >= 0) {
            member.rebalanceMs = request.rebalanceTimeoutMs();
        }
        boolean joins = request.memberEpoch() == 0 && member.epoch == 0;
        List<String> names = request.subscribedTopicNames();
        boolean changes = names != null && !member.subscribed.equals(Set.copyOf(names));
        if (names != null) {
            member.subscribed = Set.copyOf(names);
        }
        if (joins || changes || !assignedTopics.equals(topics)) {
            assign();
        }
        // It may have said this before the answer that it asks for was lost.
        if (request.memberEpoch() != member.epoch || request.topicPartitions() != null) {
            member.told = null;
        }
    }

    private void assign() {
        epoch++;
        assignedTopics = Map.copyOf(topics);
        List<GroupMember> all = members.values().stream()
                .map(each -> new GroupMember(each.id, null, each.subscribed, each.target, 1))
                .toList();
        Map<String, Set<TopicPartition>> targets = Assignors.STICKY.assign(topics, all);
        members.values().forEach(each -> each.target = targets.getOrDefault(each.id, Set.of()));
    }

    private void reconcile(
            Member member, @Nullable List<ConsumerGroupHeartbeatRequest.TopicPartitions> said, long nowMs) {
        if (said != null) {
            Set<TopicPartition> owned = partitions(said);
            if (owned.stream().noneMatch(member.revoking::contains)) {
                member.revoking = Set.of();
            }
        }
        if (!member.revoking.isEmpty()) {
            return;
        }
        Set<TopicPartition> gone = new TreeSet<>(member.assigned);
        gone.removeAll(member.target);
        if (!gone.isEmpty()) {
            member.assigned.removeAll(gone);
            member.revoking = gone;
            member.revokeEndMs = nowMs + member.rebalanceMs;
            return;
        }
        for (TopicPartition each : member.target) {
            boolean isFree = members.values().stream()
                    .allMatch(other ->
                            other == member || (!other.assigned.contains(each) && !other.revoking.contains(each)));
            if (isFree) {
                member.assigned.add(each);
            }
        }
        if (member.epoch != epoch) {
            member.previousEpoch = member.epoch;
            member.epoch = epoch;
        }
    }

    @Override
    public void tick(long nowMs) {
        boolean removed = members.values()
                .removeIf(each ->
                        each.heardMs + sessionMs <= nowMs || (!each.revoking.isEmpty() && each.revokeEndMs <= nowMs));
        if (removed) {
            assign();
        }
    }

    @Override
    public void failOver(long nowMs) {
        members.values().forEach(each -> each.heardMs = nowMs);
        for (Member each : members.values()) {
            if (!each.revoking.isEmpty()) {
                each.revokeEndMs = nowMs + each.rebalanceMs;
            }
        }
    }

    private static Set<TopicPartition> partitions(List<ConsumerGroupHeartbeatRequest.TopicPartitions> said) {
        Set<TopicPartition> partitions = new HashSet<>();
        for (ConsumerGroupHeartbeatRequest.TopicPartitions each : said) {
            for (int number : each.partitions()) {
                partitions.add(new TopicPartition(nameOf(each.topicId()), number));
            }
        }
        return partitions;
    }

    static String nameOf(UUID id) {
        for (int i = 0; i < 10; i++) {
            if (idOf("t" + i).equals(id)) {
                return "t" + i;
            }
        }
        throw new AssertionError("no topic has the id " + id);
    }

    private static ConsumerGroupHeartbeatResponse.Assignment assignment(Set<TopicPartition> partitions) {
        List<ConsumerGroupHeartbeatResponse.TopicPartitions> list = new ArrayList<>();
        StickyUserData.byTopic(partitions)
                .forEach((topic, numbers) -> list.add(new ConsumerGroupHeartbeatResponse.TopicPartitions()
                        .topicId(idOf(topic))
                        .partitions(numbers)));
        return new ConsumerGroupHeartbeatResponse.Assignment().topicPartitions(list);
    }
}
