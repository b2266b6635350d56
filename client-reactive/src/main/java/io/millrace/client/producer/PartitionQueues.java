package io.millrace.client.producer;

import io.millrace.client.TopicPartition;
import io.millrace.wire.record.RecordBatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The queues of all partitions, and of each broker those that have batches for it. Owned by: the producer's event loop. */
final class PartitionQueues {
    private static final Leaders NOBODY = new Leaders() {
        @Override
        public int leaderOf(TopicPartition partition) {
            return PartitionQueue.NO_LEADER;
        }

        @Override
        public int leaderEpochOf(TopicPartition partition) {
            return RecordBatch.NO_LEADER_EPOCH;
        }
    };

    private final BatchingOptions options;
    private final Map<TopicPartition, PartitionQueue> all = new HashMap<>();
    /** Queues with batches, by the leader. */
    private final Map<Integer, List<PartitionQueue>> active = new HashMap<>();
    /** Where the next request of a broker begins, so that no partition waits for ever. */
    private final Map<Integer, Integer> turns = new HashMap<>();

    private Leaders leaders = NOBODY;

    PartitionQueues(BatchingOptions options) {
        this.options = options;
    }

    /** The queue of the partition, which may be a new one. */
    PartitionQueue of(TopicPartition partition) {
        return all.computeIfAbsent(partition, this::create);
    }

    @Nullable
    PartitionQueue find(TopicPartition partition) {
        return all.get(partition);
    }

    Collection<PartitionQueue> all() {
        return all.values();
    }

    /** Whether no queue has batches. */
    boolean isEmpty() {
        return active.isEmpty();
    }

    /** Whether there are batches for partitions without leader. */
    boolean hasLeaderless() {
        return active.containsKey(PartitionQueue.NO_LEADER);
    }

    /** Those that lead partitions with batches. */
    Collection<Integer> brokers() {
        return active.keySet().stream()
                .filter(each -> each != PartitionQueue.NO_LEADER)
                .toList();
    }

    void onLeaders(Leaders leaders) {
        this.leaders = leaders;
        for (PartitionQueue each : all.values()) {
            int leader = leaders.leaderOf(each.partition);
            if (leader != each.leader && !each.isEmpty()) {
                deactivate(each);
                each.leader = leader;
                activate(each);
            }
            each.leader = leader;
            each.leaderEpoch = leaders.leaderEpochOf(each.partition);
        }
    }

    void add(PartitionQueue queue, Batch batch) {
        boolean isFirst = queue.isEmpty();
        queue.add(batch);
        if (isFirst) {
            activate(queue);
        }
    }

    void remove(PartitionQueue queue, Batch batch) {
        queue.remove(batch);
        if (queue.isEmpty()) {
            deactivate(queue);
        }
    }

    /** The queues of a broker, beginning with the one whose turn it is: a copy, as they may come to their end meanwhile. */
    List<PartitionQueue> inTurn(int broker) {
        List<PartitionQueue> partitions = active.getOrDefault(broker, List.of());
        List<PartitionQueue> ordered = new ArrayList<>(partitions.size());
        int turn = turns.getOrDefault(broker, 0);
        for (int i = 0; i < partitions.size(); i++) {
            ordered.add(partitions.get((turn + i) % partitions.size()));
        }
        return ordered;
    }

    /** So many of them have had their turn. */
    void served(int broker, int count) {
        int queues = active.getOrDefault(broker, List.of()).size();
        if (queues > 0) {
            turns.merge(broker, count, (before, more) -> (before + more) % queues);
        }
    }

    /** When time alone makes something of a queue ready, or too late. */
    long nextWakeUpMs(long nowMs, boolean hurry) {
        long next = Long.MAX_VALUE;
        for (List<PartitionQueue> partitions : active.values()) {
            for (PartitionQueue each : partitions) {
                next = Math.min(next, each.wakeUpMs(nowMs, hurry));
            }
        }
        return next;
    }

    private PartitionQueue create(TopicPartition partition) {
        PartitionQueue queue = new PartitionQueue(partition, options);
        queue.leader = leaders.leaderOf(partition);
        queue.leaderEpoch = leaders.leaderEpochOf(partition);
        return queue;
    }

    private void activate(PartitionQueue queue) {
        active.computeIfAbsent(queue.leader, leader -> new ArrayList<>()).add(queue);
    }

    private void deactivate(PartitionQueue queue) {
        List<PartitionQueue> partitions = active.get(queue.leader);
        if (partitions != null && partitions.remove(queue) && partitions.isEmpty()) {
            active.remove(queue.leader);
            turns.remove(queue.leader);
        }
    }
}
