package io.millrace.client;

/**
 * A partition of a topic. Ordered by topic, then by number.
 *
 * @param partition from 0
 */
public record TopicPartition(String topic, int partition) implements Comparable<TopicPartition> {

    /** @throws IllegalArgumentException if the partition is negative */
    public TopicPartition {
        if (partition < 0) {
            throw new IllegalArgumentException("partition " + partition + " of " + topic + ": partitions count from 0");
        }
    }

    @Override
    public int compareTo(TopicPartition other) {
        int byTopic = topic.compareTo(other.topic);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }

    /** As Kafka writes it: {@code orders-3}. */
    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
