package io.millrace.broker.ring;

import com.lmax.disruptor.ExceptionHandler;
import io.millrace.broker.storage.shard.LogShard;
import io.millrace.broker.storage.shard.ShardSlot;
import org.jspecify.annotations.Nullable;

/**
 * Takes the shard offline when a stage throws. The Disruptor moves past an event whose handler failed, as its default
 * handler does: for a log writer that is a lost append which later acknowledgements would hide. Offline, nothing later is
 * ever acknowledged. The stages convert what they can themselves; this is for bugs in them.
 */
final class FencingExceptionHandler implements ExceptionHandler<ShardSlot> {

    private final LogShard shard;

    FencingExceptionHandler(LogShard shard) {
        this.shard = shard;
    }

    @Override
    public void handleEventException(Throwable failure, long sequence, @Nullable ShardSlot slot) {
        shard.goOffline(failure);
        if (slot != null) {
            shard.fail(slot);
        }
    }

    @Override
    public void handleOnStartException(Throwable failure) {
        shard.goOffline(failure);
    }

    @Override
    public void handleOnShutdownException(Throwable failure) {
        shard.goOffline(failure);
    }
}
