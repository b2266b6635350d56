package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.PartitionLog;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.Executor;

/**
 * A request to append batches to one log.
 *
 * @param log where to
 * @param records validated batches. Whoever submits the command retains them; once it is accepted the shard owns them,
 *     patches offsets and epochs in place and releases them exactly once
 * @param leaderEpoch epoch of the leader that accepted them
 * @param executor runs the completion. Commands with the same executor (by identity, one per event loop) are completed
 *     together with one call of {@code execute} per commit batch
 */
public record AppendCommand(
        PartitionLog log,
        ByteBuf records,
        int leaderEpoch,
        AppendOrigin origin,
        Executor executor,
        Completion completion) {

    /** Bytes that this command holds until it is complete. */
    public int sizeBytes() {
        return records.readableBytes();
    }
}
