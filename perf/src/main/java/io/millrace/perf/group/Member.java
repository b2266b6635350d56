package io.millrace.perf.group;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A Java consumer with a thread that reads and commits what it has read, until it is told how to end. */
final class Member {
    private static final int POLL_INTERVAL_MS = 7000;
    private static final Duration POLL = Duration.ofMillis(100);

    private final String name;
    private final Assignor assignor;
    private final Deliveries deliveries;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<Integer, Long> floors = new HashMap<>(); // thread of the member, as the next
    private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();
    private int assigned = -1;
    private final Thread thread;
    private volatile GroupMembershipOperation ending = GroupMembershipOperation.DEFAULT;
    private volatile boolean ended;
    private volatile boolean stalled;

    /** @param instanceId of a static member, whose partitions stay with the instance; or empty */
    Member(String name, String bootstrap, String topic, Assignor assignor, String instanceId, Deliveries deliveries) {
        this.name = instanceId.isEmpty() ? name : instanceId;
        this.assignor = assignor;
        this.deliveries = deliveries;
        Map<String, Object> settings = new HashMap<>(Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                topic,
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest",
                "max.poll.interval.ms",
                POLL_INTERVAL_MS,
                "reconnect.backoff.max.ms",
                100));
        settings.putAll(assignor.consumerSettings());
        if (!instanceId.isEmpty()) {
            settings.put("group.instance.id", instanceId);
        }
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(topic), new Floors());
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** What was committed when a partition came here is never read again. */
    private final class Floors implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            assigned = consumer.groupMetadata().generationId();
            partitions.forEach(each -> floors.put(each.partition(), deliveries.committed(each.partition())));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            // A new floor comes with the next assignment, and whoever has the partition next reads again what is
            // uncommitted.
            uncommitted.keySet().removeAll(partitions);
        }
    }

    private void run() {
        try {
            while (!ended) {
                if (stalled) {
                    stalled = false;
                    TimeUnit.MILLISECONDS.sleep(POLL_INTERVAL_MS + Assignor.SESSION_MS / 2);
                }
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                int generation = generation();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    long floor = floors.getOrDefault(record.partition(), 0L);
                    deliveries.onRecord(name, generation, record.partition(), record.offset(), floor);
                }
                uncommitted.putAll(records.nextOffsets());
                commit();
            }
        } catch (InterruptException | InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            deliveries.violation(name + " failed: " + e);
        } finally {
            Thread.interrupted(); // so that it can say goodbye
            close();
        }
    }

    /**
     * In which the member has its partitions. With the classic protocol that is not always the one that it is in: a cooperative
     * member reads on while it waits for what it is assigned. If the broker dies then, nobody knows of that generation, and the
     * next one has the same number.
     */
    private int generation() {
        return assignor.isOfBroker() ? consumer.groupMetadata().generationId() : assigned;
    }

    private void commit() {
        if (uncommitted.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>(uncommitted);
        try {
            consumer.commitSync(next);
            next.forEach((partition, offset) -> deliveries.onCommit(partition.partition(), offset.offset()));
            uncommitted.clear();
        } catch (CommitFailedException | RebalanceInProgressException | TimeoutException e) {
            // Tried again after the next poll: a cooperative member keeps the partition, and its records come no second
            // time.
        }
    }

    private void close() {
        try {
            consumer.close(CloseOptions.groupMembershipOperation(ending).withTimeout(Duration.ofSeconds(1)));
        } catch (KafkaException e) {
            // The broker is dead, or it knows the member no more.
        }
    }

    String name() {
        return name;
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /** Stops reading for longer than the group waits, and goes on then. */
    void stall() {
        stalled = true;
    }

    /** Says goodbye. */
    void leave() {
        end(GroupMembershipOperation.LEAVE_GROUP);
    }

    /** Ends without a word, as a process that is killed. */
    void die() {
        end(GroupMembershipOperation.REMAIN_IN_GROUP);
    }

    private void end(GroupMembershipOperation how) {
        ending = how;
        ended = true;
        thread.interrupt();
    }

    void join(Duration limit) throws InterruptedException {
        thread.join(limit.toMillis());
    }
}
