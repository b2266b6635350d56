package io.millrace.broker.group.consumer;

import java.util.SortedSet;
import java.util.UUID;

/**
 * One number for the topics of a group: when a topic comes or goes, or gets more partitions, it is another one, and the group
 * needs another assignment. It is kept with the group's epoch, so that a change is seen that came while nobody looked.
 */
final class TopicsHash {

    /** Of no topics. */
    static final long NONE = 0;

    /** From SplitMix64, whose steps spread every bit over all. */
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private static final long FIRST_FACTOR = 0xbf58476d1ce4e5b9L;
    private static final long SECOND_FACTOR = 0x94d049bb133111ebL;

    private TopicsHash() {}

    static long of(SortedSet<String> names, TopicView topics) {
        long hash = NONE;
        for (String each : names) {
            UUID id = topics.idOf(each);
            if (id != null) {
                hash = mixed(hash ^ id.getMostSignificantBits());
                hash = mixed(hash ^ id.getLeastSignificantBits());
                hash = mixed(hash ^ topics.partitionsOf(id));
            }
        }
        return hash;
    }

    private static long mixed(long value) {
        long mixed = value + STEP;
        mixed = (mixed ^ (mixed >>> 30)) * FIRST_FACTOR;
        mixed = (mixed ^ (mixed >>> 27)) * SECOND_FACTOR;
        return mixed ^ (mixed >>> 31);
    }
}
