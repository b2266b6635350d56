package io.millrace.client.producer;

import io.millrace.client.Header;
import io.millrace.client.ProducerRecord;
import io.millrace.client.TopicPartition;
import io.millrace.client.producer.DeliveryFailure.Kind;
import io.millrace.client.serde.Codec;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordFields;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The way of a record from {@code send} into a batch: its topic has to be known, its bytes made, its partition chosen,
 * and there has to be memory. What cannot go on waits here, as the application made it, and nobody is blocked by that.
 * Records of a topic never overtake each other.
 *
 * <p>Owned by: the producer's event loop.
 */
public final class Intake<K, V> {
    private final Accumulator accumulator;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final long timeoutMs;
    private final int stickyBytes;
    private final RandomGenerator random;

    private final RecordFields fields = new RecordFields();
    private final Map<String, Topic<K, V>> topics = new HashMap<>();
    /** What waits for memory, in the order of its coming. */
    private final Queue<Waiting<K, V>> crowd = new ArrayDeque<>();
    /** What failed here, to be told when nothing is under way. */
    private final Queue<Refusal> refusals = new ArrayDeque<>();

    private int waiting;

    private record Waiting<K, V>(ProducerRecord<K, V> record, Delivery delivery, long sentMs, long timestampMs) {}

    private record Refusal(Delivery delivery, DeliveryFailure failure) {}

    private static final class Topic<K, V> {
        final String name;
        final StickyPartitioner sticky;
        /** What waits for the first metadata of the topic, or for newer. */
        final Queue<Waiting<K, V>> queue = new ArrayDeque<>();

        @Nullable
        PartitionLoad load;

        /** Made once, and not for each record. */
        private final List<TopicPartition> partitions = new ArrayList<>();

        Topic(String name, StickyPartitioner sticky) {
            this.name = name;
            this.sticky = sticky;
        }

        TopicPartition partition(int number) {
            while (partitions.size() <= number) {
                partitions.add(new TopicPartition(name, partitions.size()));
            }
            return partitions.get(number);
        }
    }

    /** @param random chooses partitions for records without key */
    public Intake(
            Accumulator accumulator, Codec<K> keys, Codec<V> values, BatchingOptions options, RandomGenerator random) {
        this.accumulator = accumulator;
        this.keys = keys;
        this.values = values;
        this.timeoutMs = options.deliveryTimeoutMs();
        this.stickyBytes = Math.max(1, options.batchBytes());
        this.random = random;
    }

    /**
     * Takes a record in. {@link #complete} tells what failed at once.
     *
     * @param nowMs steady time, for timeouts
     * @param wallMs since 1970, for a record without a time of its own
     */
    public void send(ProducerRecord<K, V> record, Delivery delivery, long nowMs, long wallMs) {
        Long own = record.timestampMs();
        long timestampMs = own == null ? wallMs : own;
        Topic<K, V> topic = topic(record.topic());
        if (topic.load == null || !topic.queue.isEmpty() || isBeyond(topic, record)) {
            topic.queue.add(new Waiting<>(record, delivery, nowMs, timestampMs));
            waiting++;
        } else if (!crowd.isEmpty() || !admit(topic, record, delivery, nowMs, timestampMs, nowMs)) {
            crowd.add(new Waiting<>(record, delivery, nowMs, timestampMs));
            waiting++;
            accumulator.hurry(true);
        }
    }

    /** Topics whose metadata is wanted, because records wait for it. */
    public Set<String> wantedTopics() {
        return topics.values().stream()
                .filter(each -> !each.queue.isEmpty())
                .map(each -> each.name)
                .collect(Collectors.toSet());
    }

    /** There is newer metadata of a topic. */
    public void onTopic(String name, PartitionLoad load, long nowMs) {
        Topic<K, V> topic = topic(name);
        topic.load = load;
        while (!topic.queue.isEmpty()) {
            Waiting<K, V> next = topic.queue.remove();
            if (isBeyond(topic, next.record)) {
                waiting--;
                String reason = name + " has no partition " + next.record.partition() + ", but partitions 0 to "
                        + (load.partitionCount() - 1);
                refuse(next, Kind.REFUSED, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, reason);
            } else {
                crowd.add(next);
            }
        }
        pump(nowMs);
    }

    /** Records of the topic cannot be written, whatever its partitions are. */
    public void onTopicRefused(String name, ErrorCode error, String reason) {
        Topic<K, V> topic = topic(name);
        while (!topic.queue.isEmpty()) {
            waiting--;
            refuse(topic.queue.remove(), Kind.REFUSED, error, reason);
        }
    }

    /** There may be memory again. */
    public void pump(long nowMs) {
        while (!crowd.isEmpty()) {
            Waiting<K, V> next = crowd.element();
            Topic<K, V> topic = topic(next.record.topic());
            if (!admit(topic, next.record, next.delivery, next.sentMs, next.timestampMs, nowMs)) {
                break;
            }
            crowd.remove();
            waiting--;
        }
        accumulator.hurry(!crowd.isEmpty());
    }

    /** Fails what has waited for too long. */
    public void expire(long nowMs) {
        for (Topic<K, V> each : topics.values()) {
            expire(each.queue, nowMs, "the metadata of topic " + each.name);
        }
        expire(crowd, nowMs, "memory (buffer.memory)");
    }

    /** When {@link #expire} will find something; {@link Long#MAX_VALUE} if nothing waits. */
    public long nextWakeUpMs() {
        long next = deadline(crowd);
        for (Topic<K, V> each : topics.values()) {
            next = Math.min(next, deadline(each.queue));
        }
        return next;
    }

    /** Records that wait here. */
    public int waiting() {
        return waiting;
    }

    /** Fails all that waits. */
    public void abort(String reason) {
        for (Topic<K, V> each : topics.values()) {
            each.queue.forEach(record -> refuse(record, Kind.CLOSED, ErrorCode.NONE, reason));
            each.queue.clear();
        }
        crowd.forEach(record -> refuse(record, Kind.CLOSED, ErrorCode.NONE, reason));
        crowd.clear();
        waiting = 0;
    }

    /** Tells those whose records have failed here. They may send meanwhile. */
    public void complete() {
        for (Refusal each = refusals.poll(); each != null; each = refusals.poll()) {
            each.delivery.onFailed(each.failure);
        }
    }

    private Topic<K, V> topic(String name) {
        return topics.computeIfAbsent(
                name, absent -> new Topic<>(absent, new StickyPartitioner(stickyBytes, true, random)));
    }

    private boolean isBeyond(Topic<K, V> topic, ProducerRecord<K, V> record) {
        Integer partition = record.partition();
        return topic.load != null && partition != null && partition >= topic.load.partitionCount();
    }

    /** Returns false if the record has to wait for memory. One that can never be written is refused, and so done with. */
    private boolean admit(
            Topic<K, V> topic,
            ProducerRecord<K, V> record,
            Delivery delivery,
            long sentMs,
            long timestampMs,
            long nowMs) {
        PartitionLoad load = topic.load;
        if (load == null) {
            throw new IllegalStateException("admitted before its topic is known");
        }
        try {
            encode(record);
        } catch (RuntimeException e) {
            refuse(record, delivery, Kind.REFUSED, ErrorCode.NONE, "a codec has failed: " + e);
            return true;
        }
        int recordBytes = fields.sizeBytesMax();
        if (recordBytes > accumulator.recordBytesMax()) {
            String size =
                    "the record has " + recordBytes + " bytes; max.request.size allows " + accumulator.recordBytesMax();
            refuse(record, delivery, Kind.REFUSED, ErrorCode.MESSAGE_TOO_LARGE, size);
            return true;
        }
        TopicPartition partition = topic.partition(choose(topic, load, record.partition()));
        if (!accumulator.append(partition, timestampMs, fields, delivery, sentMs, nowMs)) {
            return false;
        }
        if (record.partition() == null && !fields.hasKey()) {
            topic.sticky.produced(recordBytes, accumulator.isBatchComplete(partition));
        }
        return true;
    }

    private int choose(Topic<K, V> topic, PartitionLoad load, @Nullable Integer own) {
        if (own != null) {
            return own;
        }
        return fields.hasKey()
                ? Murmur2.partition(fields.bytes(), 0, fields.keySize(), load.partitionCount())
                : topic.sticky.partition(load);
    }

    private void encode(ProducerRecord<K, V> record) {
        fields.clear();
        if (record.key() != null) {
            keys.encode(record.key(), fields.bytes());
            fields.endKey();
        }
        if (record.value() != null) {
            values.encode(record.value(), fields.bytes());
            fields.endValue();
        }
        for (Header each : record.headers().asList()) {
            fields.header(each.name(), each.value());
        }
    }

    private void expire(Queue<Waiting<K, V>> queue, long nowMs, String what) {
        for (Iterator<Waiting<K, V>> each = queue.iterator(); each.hasNext(); ) {
            Waiting<K, V> next = each.next();
            if (next.sentMs + timeoutMs <= nowMs) {
                each.remove();
                waiting--;
                String reason = "waited for " + what + " for " + timeoutMs + " ms, as delivery.timeout.ms allows";
                refuse(next, Kind.NOT_WRITTEN, ErrorCode.NONE, reason);
            }
        }
    }

    private long deadline(Queue<Waiting<K, V>> queue) {
        Waiting<K, V> oldest = queue.peek();
        return oldest == null ? Long.MAX_VALUE : oldest.sentMs + timeoutMs;
    }

    private void refuse(Waiting<K, V> sent, Kind kind, ErrorCode error, String reason) {
        refuse(sent.record, sent.delivery, kind, error, reason);
    }

    private void refuse(ProducerRecord<K, V> record, Delivery delivery, Kind kind, ErrorCode error, String reason) {
        String text = "a record for " + record.topic() + ": " + reason;
        refusals.add(new Refusal(delivery, new DeliveryFailure(kind, error, text)));
    }
}
