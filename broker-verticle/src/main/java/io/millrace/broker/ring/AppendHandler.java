package io.millrace.broker.ring;

import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.Sequence;
import io.millrace.broker.storage.shard.LogShard;
import io.millrace.broker.storage.shard.ShardSlot;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Drives the append stage. Never throws: what goes wrong takes the shard offline, and every slot still gets its answer. */
final class AppendHandler implements EventHandler<ShardSlot> {

    private final LogShard shard;
    private final LongSupplier clockMs;
    private final ParkingWaitStrategy waitStrategy;
    private @Nullable Sequence sequence;
    private long nowMs;

    AppendHandler(LogShard shard, LongSupplier clockMs, ParkingWaitStrategy waitStrategy) {
        this.shard = shard;
        this.clockMs = clockMs;
        this.waitStrategy = waitStrategy;
    }

    @Override
    public void setSequenceCallback(Sequence sequenceCallback) {
        sequence = sequenceCallback;
    }

    @Override
    public void onBatchStart(long batchSize, long queueDepth) {
        nowMs = clockMs.getAsLong();
    }

    @Override
    public void onEvent(ShardSlot slot, long at, boolean endOfBatch) {
        shard.append(slot, nowMs);
        if (endOfBatch) {
            shard.endAppendBatch(nowMs);
            // Moved here, not after the return, so that the commit stage sees it when it is woken.
            if (sequence != null) {
                sequence.set(at);
            }
            waitStrategy.signalSecondStage();
        }
    }
}
