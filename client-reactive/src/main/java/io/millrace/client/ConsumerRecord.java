package io.millrace.client;

import io.millrace.wire.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A record that was read.
 *
 * @param offset its number in the partition; numbers rise, with gaps
 * @param leaderEpoch of the leader that wrote it, -1 if unknown
 * @param timestampMs since 1970, or -1 if the producer gave none
 * @param timestampType whose time that is
 */
public record ConsumerRecord<K, V>(
        TopicPartition topicPartition,
        long offset,
        int leaderEpoch,
        long timestampMs,
        TimestampType timestampType,
        @Nullable K key,
        @Nullable V value,
        Headers headers) {

    public String topic() {
        return topicPartition.topic();
    }

    public int partition() {
        return topicPartition.partition();
    }
}
