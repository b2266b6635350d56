package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.AppendResult;
import io.millrace.wire.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Tells each slot's outcome exactly once, and gives its record bytes back at the same moment. Owned by: one stage; appends
 * are told in groups by {@link #dispatch}.
 */
final class Outcomes {

    private final ShardState state;
    private final CompletionBatches completions = new CompletionBatches();

    Outcomes(ShardState state) {
        this.state = state;
    }

    /** Everything the slot asked for is done, or was refused without harm. */
    void succeed(ShardSlot slot) {
        TaskRun<?> task = slot.task();
        if (task != null) {
            slot.close();
            task.succeed();
        } else {
            AppendResult result = slot.result();
            complete(slot, result == null ? storageError() : result);
        }
    }

    /**
     * The shard is offline, and nobody knows what of the slot will be found after a restart; or its ring was stopped before
     * the slot came, and nothing will.
     */
    void fail(ShardSlot slot) {
        TaskRun<?> task = slot.task();
        if (task != null) {
            slot.close();
            task.fail(new ShardOfflineException(state.failure()));
        } else {
            complete(slot, storageError());
        }
    }

    /** For an append whose log was deleted before it was durable. */
    static AppendResult deleted() {
        return AppendResult.refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "The topic was deleted", -1);
    }

    private AppendResult storageError() {
        String reason = state.isOffline() ? "The data folder is offline" : "The broker is stopping";
        return AppendResult.refused(ErrorCode.KAFKA_STORAGE_ERROR, reason, -1);
    }

    private void complete(ShardSlot slot, AppendResult result) {
        AppendCommand command = slot.command();
        slot.close();
        if (command != null) {
            command.records().release();
            completions.add(command, result);
        }
    }

    void dispatch() {
        completions.dispatch();
    }

    /** For messages of tasks that failed because the shard is offline, or without cause because it was stopped. */
    static final class ShardOfflineException extends java.io.IOException {
        private static final long serialVersionUID = 1;

        ShardOfflineException(@Nullable Throwable cause) {
            super(
                    cause == null ? "the broker is stopping" : "the data folder is offline: " + cause.getMessage(),
                    cause);
        }
    }
}
