package io.millrace.broker.partition;

import io.millrace.broker.ring.ShardRing;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.LogListener;
import io.millrace.broker.storage.LogView;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.cluster.PartitionState;
import io.millrace.wire.ErrorCode;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * A partition of which this broker keeps a replica. Any thread may use it. While there is one broker, the end of what
 * may be read, the high watermark, is the visible end of the log.
 */
public final class Partition implements LogListener {

    /** The leader epoch of a client that does not check: it knows none. */
    private static final int EPOCH_UNCHECKED = -1;

    private static final ParkedFetch[] NOBODY = {};

    private static final AtomicReferenceFieldUpdater<Partition, ParkedFetch[]> PARKED =
            AtomicReferenceFieldUpdater.newUpdater(Partition.class, ParkedFetch[].class, "parked");

    private final LogId id;
    private final int brokerId;
    private final PartitionLog log;
    private final ShardRing ring;
    private volatile ParkedFetch[] parked = NOBODY;
    private volatile PartitionState state;
    private volatile boolean deleted;

    Partition(LogId id, int brokerId, PartitionLog log, ShardRing ring, PartitionState state) {
        this.id = id;
        this.brokerId = brokerId;
        this.log = log;
        this.ring = ring;
        this.state = state;
        log.addListener(this);
    }

    public LogId id() {
        return id;
    }

    public PartitionLog log() {
        return log;
    }

    /** The way to change the log. */
    public ShardRing ring() {
        return ring;
    }

    public LogConfig config() {
        return log.config();
    }

    /** What the metadata log last decided about this partition. */
    public PartitionState state() {
        return state;
    }

    /** The topic is gone; a new one of the same name has other partitions. */
    public boolean isDeleted() {
        return deleted;
    }

    /** The data folder has failed: nothing is acknowledged in it until the broker is started again. */
    public boolean isOffline() {
        return ring.isOffline();
    }

    public LogView view() {
        return log.view();
    }

    /**
     * Whether this broker may answer for the partition.
     *
     * @param clientEpoch the leader epoch that the client believes in (KIP-320), or -1 if it does not say
     * @return NONE, NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH (the client is behind), UNKNOWN_LEADER_EPOCH
     *     (we are) or KAFKA_STORAGE_ERROR
     */
    public ErrorCode checkLeader(int clientEpoch) {
        PartitionState now = state;
        if (deleted) {
            return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (clientEpoch != EPOCH_UNCHECKED && clientEpoch < now.leaderEpoch()) {
            return ErrorCode.FENCED_LEADER_EPOCH;
        }
        if (clientEpoch != EPOCH_UNCHECKED && clientEpoch > now.leaderEpoch()) {
            return ErrorCode.UNKNOWN_LEADER_EPOCH;
        }
        if (now.leader() != brokerId) {
            return ErrorCode.NOT_LEADER_OR_FOLLOWER;
        }
        return log.isOffline() ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.NONE;
    }

    /** Signals the fetch whenever there is more to read, until {@link #unpark}; look once more after this call. */
    public void park(ParkedFetch fetch) {
        ParkedFetch[] before = parked;
        while (!PARKED.compareAndSet(this, before, with(before, fetch))) {
            before = parked;
        }
    }

    public void unpark(ParkedFetch fetch) {
        ParkedFetch[] before = parked;
        while (!PARKED.compareAndSet(this, before, without(before, fetch))) {
            before = parked;
        }
    }

    /** How many fetches wait here. */
    public int parkedFetches() {
        return parked.length;
    }

    @Override
    public void onVisibleEnd(PartitionLog changed, long visibleEndOffset) {
        signalParked();
    }

    void onState(PartitionState next) {
        state = next;
        signalParked();
    }

    /** The topic is gone: waiting fetches are told, and nothing is answered any more. */
    void onDeleted() {
        deleted = true;
        log.removeListener(this);
        signalParked();
    }

    private void signalParked() {
        for (ParkedFetch each : parked) {
            each.onVisibleEnd();
        }
    }

    private static ParkedFetch[] with(ParkedFetch[] before, ParkedFetch fetch) {
        ParkedFetch[] after = new ParkedFetch[before.length + 1];
        System.arraycopy(before, 0, after, 0, before.length);
        after[before.length] = fetch;
        return after;
    }

    private static ParkedFetch[] without(ParkedFetch[] before, ParkedFetch fetch) {
        int at = before.length - 1;
        while (at >= 0 && before[at] != fetch) {
            at--;
        }
        if (at < 0) {
            return before;
        }
        if (before.length == 1) {
            return NOBODY;
        }
        ParkedFetch[] after = new ParkedFetch[before.length - 1];
        System.arraycopy(before, 0, after, 0, at);
        System.arraycopy(before, at + 1, after, at, before.length - at - 1);
        return after;
    }
}
