package io.millrace.client.consumer;

import io.millrace.client.TopicPartition;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The {@link AckTracker}s of what a consumer has been assigned. Every assignment of a partition has an epoch of its own,
 * which the records carry that are delivered under it: an acknowledgement that comes after the partition was taken away
 * finds nobody, also if the partition has come back since, and changes nothing.
 *
 * <p>Owned by: the consumer's event loop.
 */
public final class AckLedger {

    private final int windowMax;
    private final Map<TopicPartition, Entry> entries = new HashMap<>();

    private record Entry(long epoch, AckTracker tracker) {}

    /** What an acknowledgement has done. */
    public enum Ack {
        /** There is more to commit. */
        ADVANCED,
        /** Noted; a record before it is still out. */
        NOTED,
        /** It was not delivered, or has been acknowledged before. */
        UNKNOWN,
        /** It was delivered under an assignment that has ended. */
        REVOKED
    }

    /** @param windowMax records of one partition that may be out; see {@link #room} */
    public AckLedger(int windowMax) {
        if (windowMax < 1) {
            throw new IllegalArgumentException("a window of " + windowMax + " records: at least 1");
        }
        this.windowMax = windowMax;
    }

    /**
     * An assignment begins. One that was there ends without trace.
     *
     * @param epoch no other assignment of this partition has it
     * @param position the first offset to read
     */
    public void assign(TopicPartition partition, long epoch, long position) {
        entries.put(partition, new Entry(epoch, new AckTracker(position, windowMax)));
    }

    /** An assignment ends; from now on acknowledgements of its records do nothing. */
    public void revoke(TopicPartition partition) {
        entries.remove(partition);
    }

    public Set<TopicPartition> assigned() {
        return Set.copyOf(entries.keySet());
    }

    /** How many records of the partition may be delivered now; 0 if it is not assigned. */
    public int room(TopicPartition partition) {
        Entry entry = entries.get(partition);
        return entry == null ? 0 : entry.tracker.room();
    }

    /**
     * A record goes to the application.
     *
     * @throws IllegalStateException if the partition is not assigned, or has no {@link #room}
     */
    public void deliver(TopicPartition partition, long offset, long nowMs) {
        tracker(partition).deliver(offset, nowMs);
    }

    /** What is before this offset, and was not delivered, never will be. */
    public void passTo(TopicPartition partition, long offset) {
        tracker(partition).passTo(offset);
    }

    /** @param epoch of the assignment under which it was delivered */
    public Ack acknowledge(TopicPartition partition, long epoch, long offset) {
        AckTracker tracker = tracker(partition, epoch);
        if (tracker == null) {
            return Ack.REVOKED;
        }
        long before = tracker.committable();
        if (!tracker.acknowledge(offset)) {
            return Ack.UNKNOWN;
        }
        return tracker.committable() > before ? Ack.ADVANCED : Ack.NOTED;
    }

    /** The same for a record and all before it. */
    public Ack acknowledgeUpTo(TopicPartition partition, long epoch, long offset) {
        AckTracker tracker = tracker(partition, epoch);
        if (tracker == null) {
            return Ack.REVOKED;
        }
        return tracker.acknowledgeUpTo(offset) > 0 ? Ack.ADVANCED : Ack.UNKNOWN;
    }

    /** The offset that may be committed. */
    public long committable(TopicPartition partition) {
        return tracker(partition).committable();
    }

    /** The offsets that may be committed, of all that is assigned. */
    public void forEachCommittable(ObjLongConsumer<TopicPartition> visitor) {
        entries.forEach((partition, entry) -> visitor.accept(partition, entry.tracker.committable()));
    }

    /** Records of the partition that are out; 0 means drained. */
    public int unacknowledged(TopicPartition partition) {
        Entry entry = entries.get(partition);
        return entry == null ? 0 : entry.tracker.unacknowledged();
    }

    /** For how many milliseconds the oldest record that is out has been so, of all partitions. */
    public long oldestAgeMs(long nowMs) {
        long oldest = 0;
        for (Entry each : entries.values()) {
            oldest = Math.max(oldest, each.tracker.oldestAgeMs(nowMs));
        }
        return oldest;
    }

    private AckTracker tracker(TopicPartition partition) {
        Entry entry = entries.get(partition);
        if (entry == null) {
            throw new IllegalStateException(partition + " is not assigned");
        }
        return entry.tracker;
    }

    private @Nullable AckTracker tracker(TopicPartition partition, long epoch) {
        Entry entry = entries.get(partition);
        return entry == null || entry.epoch != epoch ? null : entry.tracker;
    }
}
