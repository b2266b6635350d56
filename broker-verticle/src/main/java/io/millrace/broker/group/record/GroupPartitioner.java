package io.millrace.broker.group.record;

/** Which partition of {@code __consumer_offsets} a group belongs to. Kafka's function: tools rely on it. */
public final class GroupPartitioner {

    private GroupPartitioner() {}

    /** @param partitions how many the topic has, at least one */
    public static int partitionOf(String groupId, int partitions) {
        int hash = groupId.hashCode();
        // The smallest int has no positive counterpart.
        return hash == Integer.MIN_VALUE ? 0 : Math.abs(hash) % partitions;
    }
}
