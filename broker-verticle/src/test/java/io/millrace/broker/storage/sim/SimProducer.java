package io.millrace.broker.storage.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** An idempotent producer of one log: numbers its batches, and sends those of unknown outcome again, in order. */
final class SimProducer {

    private static final int IN_FLIGHT_MAX = 5;

    private long id;
    private int nextSequence;
    private final Deque<SimBatch> again = new ArrayDeque<>();
    private final List<SimBatch> inFlight = new ArrayList<>();
    private @Nullable SimBatch lastAcknowledged;

    SimProducer(long id) {
        this.id = id;
    }

    boolean maySend() {
        return inFlight.size() < IN_FLIGHT_MAX;
    }

    boolean isIdle() {
        return inFlight.isEmpty() && again.isEmpty();
    }

    /** The next batch to hand over: an unresolved one first. */
    SimBatch next(SplittableRandom random, long tag, long nowMs) {
        SimBatch batch = again.poll();
        if (batch == null) {
            batch = SimBatch.create(random, tag, id, (short) 0, nextSequence, nowMs);
            nextSequence += batch.recordCount();
        }
        inFlight.add(batch);
        return batch;
    }

    @Nullable
    SimBatch lastAcknowledged() {
        return lastAcknowledged;
    }

    void onAcknowledged(SimBatch batch) {
        inFlight.remove(batch);
        lastAcknowledged = batch;
    }

    /** The connection is gone: everything in flight is sent again. */
    void onUnknown() {
        List<SimBatch> unresolved = new ArrayList<>(inFlight);
        unresolved.addAll(again);
        again.clear();
        again.addAll(unresolved);
        inFlight.clear();
    }

    /** Begins anew, as after a loss that the topic's mode allows. */
    void restart(long newId) {
        id = newId;
        nextSequence = 0;
        again.clear();
        inFlight.clear();
        lastAcknowledged = null;
    }
}
