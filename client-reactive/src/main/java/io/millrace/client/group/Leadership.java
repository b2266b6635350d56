package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import io.millrace.wire.WireException;
import io.millrace.wire.message.JoinGroupResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the leader of a generation knows: the members that it assigns to, and the topics that they have subscribed to. */
final class Leadership {
    private final Map<String, Integer> partitionCounts = new HashMap<>();
    private List<GroupMember> members = List.of();
    private Map<String, Integer> assigned = Map.of();
    private @Nullable PartitionAssignor assignor;

    void onTopics(Collection<KnownTopic> topics) {
        topics.forEach(each -> partitionCounts.put(each.name(), each.partitions()));
    }

    /**
     * This member leads those in the response.
     *
     * @param offered the assignors that the member knows
     * @throws WireException if the coordinator has chosen another assignor, or a subscription cannot be read
     */
    void begin(JoinGroupResponse response, List<PartitionAssignor> offered) {
        PartitionAssignor chosen = offered.stream()
                .filter(each -> each.name().equals(response.protocolName()))
                .findFirst()
                .orElseThrow(() -> new WireException("the coordinator has chosen assignor '" + response.protocolName()
                        + "', which was not offered"));
        List<GroupMember> led = new ArrayList<>();
        for (JoinGroupResponse.JoinGroupResponseMember each : response.members()) {
            led.add(ConsumerProtocol.member(each, chosen));
        }
        assignor = chosen;
        members = led;
    }

    void end() {
        members = List.of();
        assignor = null;
    }

    /** The topics that the members have subscribed to. */
    Set<String> topics() {
        Set<String> topics = new TreeSet<>();
        members.forEach(each -> topics.addAll(each.topics()));
        return topics;
    }

    /** Whether metadata has told of all of them, if only that some do not exist. */
    boolean knowsTopics() {
        return partitionCounts.keySet().containsAll(topics());
    }

    /** Whether there are other partitions than those that were assigned, and so reason for another rebalance. */
    boolean isOutdated() {
        return !members.isEmpty() && !assigned.equals(existing());
    }

    /** The last assignment still holds. */
    void keep() {
        assigned = existing();
    }

    /** @throws RuntimeException if an assignor of the application does */
    Map<String, Set<TopicPartition>> assign() {
        PartitionAssignor chosen = assignor;
        if (chosen == null) {
            throw new IllegalStateException("only a leader assigns");
        }
        assigned = existing();
        return chosen.assign(assigned, members);
    }

    private Map<String, Integer> existing() {
        Map<String, Integer> counts = new HashMap<>();
        for (String each : topics()) {
            int count = partitionCounts.getOrDefault(each, 0);
            if (count > 0) {
                counts.put(each, count);
            }
        }
        return counts;
    }
}
