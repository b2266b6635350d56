package io.millrace.client.group;

import io.millrace.client.loop.Backoff;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a consumer belongs to its group. Names and defaults are those of Kafka's consumer.
 *
 * @param groupId {@code group.id}
 * @param instanceId {@code group.instance.id}; null unless the member is static (KIP-345), which keeps its partitions
 *     over a restart
 * @param rackId {@code client.rack}; null if it does not matter
 * @param sessionTimeoutMs {@code session.timeout.ms}: without a sign of life for so long, a member is dead. With the
 *     protocol of KIP-848 the broker has its own; this is then what the client takes it for
 * @param heartbeatIntervalMs {@code heartbeat.interval.ms}; with KIP-848 the broker says it
 * @param rebalanceTimeoutMs {@code max.poll.interval.ms}: how long a member may take to give partitions up
 * @param backoff {@code retry.backoff.ms} and {@code retry.backoff.max.ms}
 * @param assignors {@code partition.assignment.strategy}, the best first; for the classic protocol
 * @param serverAssignor {@code group.remote.assignor}; null lets the coordinator choose; for KIP-848
 */
public record GroupOptions(
        String groupId,
        @Nullable String instanceId,
        @Nullable String rackId,
        int sessionTimeoutMs,
        int heartbeatIntervalMs,
        int rebalanceTimeoutMs,
        Backoff backoff,
        List<PartitionAssignor> assignors,
        @Nullable String serverAssignor) {

    private static final int MARGIN_MS_MAX = 5_000;
    private static final int MARGIN_PART = 10;

    /** @throws IllegalArgumentException if a value is out of its range; the text names Kafka's key and what is allowed */
    public GroupOptions {
        if (groupId.isEmpty()) {
            throw new IllegalArgumentException("group.id is empty; a member needs the name of a group");
        }
        if (heartbeatIntervalMs < 1 || heartbeatIntervalMs >= sessionTimeoutMs) {
            throw new IllegalArgumentException("heartbeat.interval.ms is " + heartbeatIntervalMs
                    + "; allowed is 1 or more, and less than session.timeout.ms " + sessionTimeoutMs);
        }
        if (rebalanceTimeoutMs < 1) {
            throw new IllegalArgumentException(
                    "max.poll.interval.ms is " + rebalanceTimeoutMs + "; allowed is 1 or more");
        }
        if (assignors.isEmpty()) {
            throw new IllegalArgumentException("partition.assignment.strategy is empty; name an assignor or more");
        }
        assignors = List.copyOf(assignors);
    }

    /** A dynamic member with the defaults. */
    public static GroupOptions of(String groupId) {
        return new GroupOptions(
                groupId,
                null,
                null,
                45_000,
                3_000,
                300_000,
                new Backoff(100, 1_000),
                List.of(Assignors.RANGE, Assignors.COOPERATIVE_STICKY),
                null);
    }

    /** Whether all assignors let members keep their partitions while they rejoin; one that does not decides for all. */
    boolean isCooperative() {
        return assignors.stream().allMatch(PartitionAssignor::isCooperative);
    }

    /**
     * How long partitions may be kept that a rebalance takes away: some time before the coordinator gives them to
     * others, whatever the application is at.
     */
    long drainMs() {
        return (long) rebalanceTimeoutMs - Math.min(rebalanceTimeoutMs / MARGIN_PART, MARGIN_MS_MAX);
    }
}
