package io.millrace.cluster;

import java.util.List;

/**
 * Who holds a partition, as decided by the metadata log.
 *
 * @param leader broker id of the leader, or {@link #NO_LEADER}
 * @param leaderEpoch grows with each election; carried by every record batch
 * @param partitionEpoch grows with each change of this value; every change is a compare-and-set on it
 * @param replicas the assigned brokers, the preferred leader first
 * @param isr the replicas that hold every acknowledged record
 */
public record PartitionState(
        int leader, int leaderEpoch, int partitionEpoch, List<Integer> replicas, List<Integer> isr) {
    /** The value of {@link #leader} while nobody leads. */
    public static final int NO_LEADER = -1;

    public PartitionState {
        replicas = List.copyOf(replicas);
        isr = List.copyOf(isr);
    }

    /** The state of a partition that was just created on {@code replicas}: the first one leads. */
    public static PartitionState created(List<Integer> replicas) {
        return new PartitionState(replicas.get(0), 0, 0, replicas, replicas);
    }

    /** The same leader leads on under the next epoch, which fences whatever was said in the current one. */
    public PartitionState nextLeaderEpoch() {
        return new PartitionState(leader, leaderEpoch + 1, partitionEpoch + 1, replicas, isr);
    }
}
