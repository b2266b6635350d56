package io.millrace.client.producer;

/** What a {@link StickyPartitioner} asks about the partitions of its topic. */
public interface PartitionLoad {

    /** Partitions of the topic, at least 1. */
    int partitionCount();

    /** Whether the partition has a leader that takes batches in good time. */
    boolean isAvailable(int partition);

    /** Batches that wait for the partition's leader. */
    int queuedBatches(int partition);
}
