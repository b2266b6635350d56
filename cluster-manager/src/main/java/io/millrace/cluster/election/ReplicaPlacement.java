package io.millrace.cluster.election;

import static io.millrace.cluster.Outcome.Reason.INVALID_REPLICATION_FACTOR;
import static io.millrace.cluster.Outcome.Reason.INVALID_REPLICA_ASSIGNMENT;

import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.Outcome;
import io.millrace.cluster.Outcome.Accepted;
import io.millrace.cluster.Outcome.Rejected;
import io.millrace.cluster.PartitionState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where the replicas of new partitions go. */
final class ReplicaPlacement {
    private ReplicaPlacement() {}

    /**
     * Deals {@code count} partitions to the registered brokers in turn.
     *
     * @param seed moves the first broker, so that topics with few partitions do not all land on the same one
     */
    static Outcome<List<PartitionState>> spread(ClusterImage image, int count, int replicationFactor, int seed) {
        List<Integer> brokers = List.copyOf(image.brokers().keySet());
        if (replicationFactor > brokers.size()) {
            return new Rejected<>(
                    INVALID_REPLICATION_FACTOR,
                    "Unable to replicate the partition " + replicationFactor
                            + " time(s): The target replication factor of " + replicationFactor
                            + " cannot be reached because only " + brokers.size() + " broker(s) are registered.");
        }
        List<PartitionState> states = new ArrayList<>(count);
        for (int partition = 0; partition < count; partition++) {
            List<Integer> replicas = new ArrayList<>(replicationFactor);
            for (int replica = 0; replica < replicationFactor; replica++) {
                replicas.add(brokers.get(Math.floorMod(seed + partition + replica, brokers.size())));
            }
            states.add(PartitionState.created(replicas));
        }
        return new Accepted<>(states);
    }

    /** The new partitions as their requester placed them, by partition index. */
    static Outcome<List<PartitionState>> manual(ClusterImage image, List<List<Integer>> assignment, int factor) {
        List<PartitionState> states = new ArrayList<>(assignment.size());
        for (List<Integer> replicas : assignment) {
            String problem = problemWith(image, replicas, factor);
            if (problem != null) {
                return new Rejected<>(INVALID_REPLICA_ASSIGNMENT, problem);
            }
            states.add(PartitionState.created(replicas));
        }
        return new Accepted<>(states);
    }

    private static @Nullable String problemWith(ClusterImage image, List<Integer> replicas, int factor) {
        if (replicas.isEmpty()) {
            return "The manual partition assignment includes an empty replica list.";
        }
        Set<Integer> seen = new HashSet<>();
        for (Integer broker : replicas) {
            if (!image.brokers().containsKey(broker)) {
                return "The manual partition assignment includes broker " + broker
                        + ", but no such broker is registered.";
            }
            if (!seen.add(broker)) {
                return "The manual partition assignment includes the broker " + broker + " more than once.";
            }
        }
        if (replicas.size() != factor) {
            return "The manual partition assignment includes a partition with " + replicas.size()
                    + " replica(s), but this is not consistent with previous partitions, which have " + factor
                    + " replica(s).";
        }
        return null;
    }
}
