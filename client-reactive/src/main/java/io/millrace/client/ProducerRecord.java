package io.millrace.client;

import org.jspecify.annotations.Nullable;

/**
 * A record that is to be written. Key, value and headers are encoded some time between {@code send} and the completion of its
 * future: nobody changes them meanwhile.
 *
 * @param partition null lets the producer choose: by the key if there is one, else as is best for batches
 * @param timestampMs since 1970; null means the time of {@code send}
 * @param key null is allowed
 * @param value null is allowed, and marks the key as deleted in a compacted topic
 */
public record ProducerRecord<K, V>(
        String topic,
        @Nullable Integer partition,
        @Nullable Long timestampMs,
        @Nullable K key,
        @Nullable V value,
        Headers headers) {

    /** @throws IllegalArgumentException if the topic is empty, or the partition or the time is negative */
    public ProducerRecord {
        if (topic.isEmpty()) {
            throw new IllegalArgumentException("a record needs the name of a topic");
        }
        if (partition != null && partition < 0) {
            throw new IllegalArgumentException("partition " + partition + " of " + topic + ": partitions count from 0");
        }
        if (timestampMs != null && timestampMs < 0) {
            throw new IllegalArgumentException(
                    "timestamp " + timestampMs + ": give milliseconds since 1970, or null for the time of sending");
        }
    }

    /** A record without key. */
    public static <K, V> ProducerRecord<K, V> of(String topic, @Nullable V value) {
        return new ProducerRecord<>(topic, null, null, null, value, Headers.NONE);
    }

    public static <K, V> ProducerRecord<K, V> of(String topic, @Nullable K key, @Nullable V value) {
        return new ProducerRecord<>(topic, null, null, key, value, Headers.NONE);
    }

    /** The same for a certain partition, whatever the key. */
    public ProducerRecord<K, V> toPartition(int partition) {
        return new ProducerRecord<>(topic, partition, timestampMs, key, value, headers);
    }

    /** The same with another time, in milliseconds since 1970. */
    public ProducerRecord<K, V> at(long timestampMs) {
        return new ProducerRecord<>(topic, partition, timestampMs, key, value, headers);
    }

    /** The same with other headers. */
    public ProducerRecord<K, V> with(Headers headers) {
        return new ProducerRecord<>(topic, partition, timestampMs, key, value, headers);
    }
}
