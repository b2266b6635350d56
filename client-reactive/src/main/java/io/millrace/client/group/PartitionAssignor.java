package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A way of giving every partition that is subscribed to, to one of its subscribers, when the leader of a group does
 * that. All members have to know one assignor of the same name. Pure: whoever is asked the same gives the same answer.
 */
public interface PartitionAssignor {

    /** What members call it, in {@code partition.assignment.strategy} and on the wire. */
    String name();

    /**
     * Whether members keep their partitions while they rejoin, and give up only what they are not assigned any more
     * (KIP-429). Else they give up everything before they join.
     */
    boolean isCooperative();

    /**
     * What this member tells the leader beyond its topics.
     *
     * @param assigned what it was assigned last
     * @param generation in which that was, or {@link GroupMember#NO_GENERATION}
     * @return a buffer on the heap; null if there is nothing to tell
     */
    default @Nullable ByteBuf userData(Set<TopicPartition> assigned, int generation) {
        return null;
    }

    /**
     * Looks for what a member owned in its user data, if this assignor puts it there.
     *
     * @param userData as the member has sent it, and so perhaps anything; its indices stay
     */
    default GroupMember withUserData(GroupMember member, @Nullable ByteBuf userData) {
        return member;
    }

    /**
     * Assigns all partitions of all topics that somebody has subscribed to.
     *
     * @param partitionCounts of topics that exist
     * @return for every member what it is to read, which may be nothing
     */
    Map<String, Set<TopicPartition>> assign(Map<String, Integer> partitionCounts, List<GroupMember> members);
}
