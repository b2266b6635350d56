package io.millrace.broker.ring;

import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.Sequence;
import io.millrace.broker.storage.shard.LogShard;
import io.millrace.broker.storage.shard.ShardSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Drives the append stage. Never throws: what goes wrong takes the shard offline, and every slot still gets its answer. */
final class AppendHandler implements EventHandler<ShardSlot> {

    /** So much for the journal is not worth a second thread: to write it takes as long as to wake one. */
    private static final int SMALL_BATCH_BYTES = 32 << 10;

    private final LogShard shard;
    private final LongSupplier clockMs;
    private final ParkingWaitStrategy waitStrategy;
    private @Nullable Sequence sequence;
    private @Nullable CommitProcessor commit;
    private long nowMs;
    private final List<ShardSlot> batch = new ArrayList<>();

    AppendHandler(LogShard shard, LongSupplier clockMs, ParkingWaitStrategy waitStrategy) {
        this.shard = shard;
        this.clockMs = clockMs;
        this.waitStrategy = waitStrategy;
    }

    @Override
    public void setSequenceCallback(Sequence sequenceCallback) {
        sequence = sequenceCallback;
    }

    /** The stage that follows; before the first event. */
    void commit(CommitProcessor next) {
        commit = next;
    }

    @Override
    public void onBatchStart(long batchSize, long queueDepth) {
        nowMs = clockMs.getAsLong();
    }

    @Override
    public void onEvent(ShardSlot slot, long at, boolean endOfBatch) {
        shard.append(slot, nowMs);
        batch.add(slot);
        if (endOfBatch) {
            shard.endAppendBatch(nowMs);
            boolean committed = commit != null && isWorthNoThread() && commit.tryCommitHere(at - batch.size() + 1, at);
            batch.clear();
            // Moved here, not after the return, so that the commit stage sees it when it is woken.
            if (sequence != null) {
                sequence.set(at);
            }
            if (!committed) {
                waitStrategy.signalSecondStage();
            }
        }
    }

    /**
     * Whether committing the batch takes not much longer than to wake a thread for it, and cannot wait for a checkpoint. What
     * the page cache has acknowledged already takes nothing.
     */
    private boolean isWorthNoThread() {
        long journalBytes = 0;
        boolean needsJournal = false;
        for (ShardSlot slot : batch) {
            if (slot.needsSegmentSync()) {
                return false;
            }
            if (slot.needsJournal()) {
                needsJournal = true;
                journalBytes += slot.sizeBytes();
            }
        }
        return !needsJournal || (journalBytes <= SMALL_BATCH_BYTES && shard.canCommitAtOnce());
    }
}
