package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import java.util.Comparator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member of a group, as an assignor sees it.
 *
 * @param instanceId null unless the member is static
 * @param topics that it has subscribed to
 * @param owned what it says that it had last
 * @param generation in which it got that; {@link #NO_GENERATION} if it does not say
 */
public record GroupMember(
        String memberId, @Nullable String instanceId, Set<String> topics, Set<TopicPartition> owned, int generation) {

    public static final int NO_GENERATION = -1;

    /** Static members first, by their instance ids: what they get does not depend on others that come and go. As in Kafka. */
    static final Comparator<GroupMember> STATIC_FIRST = Comparator.comparing(
                    GroupMember::instanceId, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(GroupMember::memberId);

    public GroupMember {
        topics = Set.copyOf(topics);
        owned = Set.copyOf(owned);
    }

    /** The same with what an assignor has found in the member's user data. */
    GroupMember owning(Set<TopicPartition> partitions, int inGeneration) {
        return new GroupMember(memberId, instanceId, topics, partitions, inGeneration);
    }
}
