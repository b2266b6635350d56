package io.millrace.client;

/**
 * Where a record is now.
 *
 * @param offset its number in the partition, or {@link #NO_OFFSET}
 * @param timestampMs since 1970: the record's own, or the broker's if the topic says {@code LogAppendTime}
 */
public record RecordMetadata(TopicPartition topicPartition, long offset, long timestampMs) {

    /** With {@code acks=0} nobody tells; and a broker that knows a repeated batch, but no longer where it is, does not. */
    public static final long NO_OFFSET = -1;

    public boolean hasOffset() {
        return offset != NO_OFFSET;
    }

    public String topic() {
        return topicPartition.topic();
    }

    public int partition() {
        return topicPartition.partition();
    }
}
