package io.millrace.broker.ring;

import com.lmax.disruptor.Sequence;
import io.millrace.broker.storage.shard.LogShard;
import io.millrace.broker.storage.shard.ShardSlot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Drives the commit stage, then gives slots and bytes back to the ring. Never throws, like {@link AppendHandler}. */
final class CommitHandler {

    /** Told by whoever commits, after a batch is complete and its slots can be claimed again. */
    @FunctionalInterface
    interface RoomListener {
        void onRoom(int slots, long bytes);
    }

    private final LogShard shard;
    private final RoomListener listener;
    private final List<ShardSlot> batch = new ArrayList<>();
    private @Nullable Sequence sequence;

    CommitHandler(LogShard shard, RoomListener listener) {
        this.shard = shard;
        this.listener = listener;
    }

    /** The sequence to move; before the first event. */
    void sequence(Sequence moved) {
        sequence = moved;
    }

    void onEvent(ShardSlot slot, long at, boolean endOfBatch) {
        shard.commit(slot);
        batch.add(slot);
        if (endOfBatch) {
            shard.endCommitBatch();
            endBatch(at);
        }
    }

    private void endBatch(long at) {
        long bytes = 0;
        int slots = batch.size();
        for (ShardSlot slot : batch) {
            bytes += slot.sizeBytes();
            slot.clear();
        }
        batch.clear();
        // Moved here, not after the return, so that whoever is woken finds the room.
        if (sequence != null) {
            sequence.set(at);
        }
        listener.onRoom(slots, bytes);
    }
}
