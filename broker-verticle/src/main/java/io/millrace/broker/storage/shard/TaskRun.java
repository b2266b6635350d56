package io.millrace.broker.storage.shard;

import java.io.IOException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One run of a {@link ShardTask}: keeps the outcome of the append stage until the commit stage may tell it. */
public final class TaskRun<T> {

    private final ShardTask<T> task;
    private final BiConsumer<@Nullable T, @Nullable Throwable> outcome;
    private @Nullable T value;

    /**
     * @param outcome receives the value or the failure, on the commit thread, or on the append thread if the task is urgent
     *     or the shard offline. Exactly once; must be cheap and not throw
     */
    public TaskRun(ShardTask<T> task, BiConsumer<@Nullable T, @Nullable Throwable> outcome) {
        this.task = task;
        this.outcome = outcome;
    }

    void run(LogShard shard, long nowMs) throws IOException {
        value = task.run(shard, nowMs);
    }

    void succeed() {
        outcome.accept(value, null);
    }

    /** Tells that the task did not run, or that nobody knows whether its effect lasts. */
    public void fail(Throwable reason) {
        outcome.accept(null, reason);
    }
}
