package io.millrace.broker.group.assign;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Gives each subscriber of a topic a range of its partitions, in the order of the members. Where topics have as many partitions
 * and the same subscribers, partitions of the same number go to the same member, which may so join them.
 *
 * <p>Members are ordered by instance id, then the others by member id: what a static member gets does not depend on which
 * others have just been started.
 */
final class RangeAssignor implements Assignor {

    static final String NAME = "range";

    private static final Comparator<Map.Entry<String, MemberSpec>> ORDER = Comparator.comparing(
                    (Map.Entry<String, MemberSpec> each) -> each.getValue().instanceId(),
                    Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(Map.Entry::getKey);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, TopicPartitions> assign(GroupSpec group) {
        List<Map.Entry<String, MemberSpec>> members =
                new ArrayList<>(group.members().entrySet());
        members.sort(ORDER);
        Map<UUID, Ranges> ranges = new HashMap<>();
        for (UUID topicId : group.topicIds()) {
            int subscribers = (int) members.stream()
                    .filter(each -> each.getValue().topicIds().contains(topicId))
                    .count();
            ranges.put(topicId, new Ranges(group.partitionsOf(topicId), subscribers));
        }
        Map<String, TopicPartitions> assignment = new LinkedHashMap<>();
        for (Map.Entry<String, MemberSpec> member : members) {
            TopicPartitions.Builder assigned = new TopicPartitions.Builder();
            for (UUID topicId : member.getValue().topicIds()) {
                Ranges topic = ranges.get(topicId);
                if (topic != null) {
                    topic.addNext(topicId, assigned);
                }
            }
            assignment.put(member.getKey(), assigned.build());
        }
        return assignment;
    }

    /** The ranges of a topic: the first ones are longer by one where it does not come out even. */
    private static final class Ranges {
        private final int size;
        private int longer;
        private int next;

        Ranges(int partitions, int subscribers) {
            size = partitions / subscribers;
            longer = partitions % subscribers;
        }

        void addNext(UUID topicId, TopicPartitions.Builder assigned) {
            int end = next + size + (longer > 0 ? 1 : 0);
            longer = Math.max(0, longer - 1);
            assigned.addRange(topicId, next, end);
            next = end;
        }
    }
}
