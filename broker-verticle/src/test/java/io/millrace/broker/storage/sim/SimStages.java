package io.millrace.broker.storage.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.shard.AppendCommand;
import io.millrace.broker.storage.shard.LogShard;
import io.millrace.broker.storage.shard.ShardSlot;
import io.millrace.broker.storage.shard.ShardTask;
import io.millrace.broker.storage.shard.TaskRun;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * The stages of one shard in one process, driven by hand: batches wait between the first two, as they do between threads, and
 * are lost there when the process dies.
 */
final class SimStages {

    private final LogShard shard;
    private final Deque<List<ShardSlot>> between = new ArrayDeque<>();
    private final List<ByteBuf> handedOver = new ArrayList<>();

    SimStages(LogShard shard) {
        this.shard = shard;
    }

    LogShard shard() {
        return shard;
    }

    ShardSlot slot(PartitionLog log, SimBatch batch, Consumer<AppendResult> outcome) {
        ByteBuf buffer = batch.toBuffer();
        handedOver.add(buffer);
        ShardSlot slot = new ShardSlot();
        slot.load(new AppendCommand(
                log, buffer, ModelLog.LEADER_EPOCH, AppendOrigin.CLIENT, Runnable::run, outcome::accept));
        return slot;
    }

    void append(List<ShardSlot> batch, long nowMs) {
        for (ShardSlot slot : batch) {
            shard.append(slot, nowMs);
        }
        shard.endAppendBatch(nowMs);
        between.add(batch);
    }

    void commit(int batches) {
        List<ShardSlot> committed = new ArrayList<>();
        for (int i = 0; i < batches && !between.isEmpty(); i++) {
            List<ShardSlot> batch = between.remove();
            batch.forEach(shard::commit);
            committed.addAll(batch);
        }
        shard.endCommitBatch();
        committed.forEach(ShardSlot::clear);
        if (between.isEmpty()) {
            assertThat(handedOver).as("buffers are given back").allMatch(buffer -> buffer.refCnt() == 0);
            handedOver.clear();
        }
    }

    void commitAll() {
        commit(Integer.MAX_VALUE);
    }

    void checkpoint(int steps, long nowMs) {
        for (int i = 0; i < steps && shard.checkpointStep(nowMs); i++) {
            // one piece of work at a time
        }
        if (shard.wantsCommit()) {
            commitAll();
        }
    }

    void run(ShardTask<?> task, long nowMs) {
        run(task, nowMs, value -> {});
    }

    /** @param onDone told when the task has succeeded and what it needs is durable */
    <T> void run(ShardTask<T> task, long nowMs, Consumer<T> onDone) {
        ShardSlot slot = new ShardSlot();
        slot.load(new TaskRun<>(task, (value, failure) -> {
            if (failure == null) {
                onDone.accept(value);
            }
        }));
        append(List.of(slot), nowMs);
        commitAll();
    }
}
