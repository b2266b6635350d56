package io.millrace.client.consumer;

import io.millrace.client.TopicPartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How many records an application wants, in all and of each partition. A record is delivered when there is demand of
 * both kinds. Demand adds up and saturates: {@link Long#MAX_VALUE} means as many as there are, and is not used up
 * (Reactive Streams §3.17).
 *
 * <p>What belongs to whom decides what a rebalance leaves:
 * <ul>
 *   <li>The shared demand belongs to the subscriber of the whole consumer: it survives.
 *   <li>That a partition is paused was said by the application about the partition: it survives, also while the partition is
 *       elsewhere.
 *   <li>The demand of a partition belongs to a subscriber of one assignment: it is keyed by the epoch of that, stays as
 *       long as the assignment does, and ends with it. What comes later under an old epoch is nobody's, and does nothing.
 * </ul>
 *
 * <p>Nothing here ever reaches the group's membership. Owned by: the consumer's event loop.
 */
public final class DemandLedger {

    private long shared;
    private final Map<TopicPartition, Entry> entries = new HashMap<>();
    private final Set<TopicPartition> paused = new HashSet<>();

    private static final class Entry {
        private final long epoch;
        private long demand;

        Entry(long epoch, long demand) {
            this.epoch = epoch;
            this.demand = demand;
        }
    }

    /**
     * An assignment begins.
     *
     * @param epoch no other assignment of this partition has it
     * @param demand what is wanted of it from the start: 0 if a subscriber of its own will ask, {@link Long#MAX_VALUE}
     *     if only the shared demand counts
     */
    public void assign(TopicPartition partition, long epoch, long demand) {
        entries.put(partition, new Entry(epoch, checked(demand)));
    }

    /** An assignment ends. Whether the partition is paused is remembered. */
    public void revoke(TopicPartition partition) {
        entries.remove(partition);
    }

    /** More is wanted, of whatever partition. */
    public void request(long n) {
        shared = plus(shared, checked(n));
    }

    /**
     * More is wanted of a partition.
     *
     * @param epoch of the assignment that the subscriber belongs to
     * @return false if that has ended
     */
    public boolean request(TopicPartition partition, long epoch, long n) {
        Entry entry = entries.get(partition);
        if (entry == null || entry.epoch != epoch) {
            return false;
        }
        entry.demand = plus(entry.demand, checked(n));
        return true;
    }

    /** Holds for partitions that are not assigned, too. */
    public void pause(TopicPartition partition) {
        paused.add(partition);
    }

    public void resume(TopicPartition partition) {
        paused.remove(partition);
    }

    public boolean isPaused(TopicPartition partition) {
        return paused.contains(partition);
    }

    /** What nobody has asked for, until somebody asks again. The subscriber of the whole consumer is gone. */
    public void cancelShared() {
        shared = 0;
    }

    /** How many records of the partition may be delivered now. */
    public long available(TopicPartition partition) {
        Entry entry = entries.get(partition);
        return entry == null || paused.contains(partition) ? 0 : Math.min(shared, entry.demand);
    }

    /**
     * Records of the partition are delivered.
     *
     * @throws IllegalStateException if that is more than {@link #available}
     */
    public void take(TopicPartition partition, long n) {
        Entry entry = entries.get(partition);
        if (entry == null || n < 0 || n > available(partition)) {
            throw new IllegalStateException(
                    n + " records of " + partition + " where " + available(partition) + " are wanted");
        }
        shared = minus(shared, n);
        entry.demand = minus(entry.demand, n);
    }

    private static long checked(long n) {
        if (n < 0) {
            throw new IllegalArgumentException("a demand of " + n + " records: at least 0");
        }
        return n;
    }

    private static long plus(long demand, long n) {
        long sum = demand + n;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static long minus(long demand, long n) {
        return demand == Long.MAX_VALUE ? demand : demand - n;
    }
}
