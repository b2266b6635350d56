package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.AppendResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups completions by executor, so that a stage wakes each event loop once. Owned by: one stage. There are as many
 * executors as event loops, so a linear search is the fastest.
 */
final class CompletionBatches {

    private static final Logger log = LoggerFactory.getLogger(CompletionBatches.class);

    private final List<Batch> batches = new ArrayList<>();

    void add(AppendCommand command, AppendResult result) {
        batchFor(command.executor()).add(command.completion(), result);
    }

    private Batch batchFor(Executor executor) {
        for (Batch batch : batches) {
            if (batch.executor == executor) {
                return batch;
            }
        }
        Batch batch = new Batch(executor);
        batches.add(batch);
        return batch;
    }

    void dispatch() {
        for (Batch batch : batches) {
            try {
                batch.executor.execute(batch);
            } catch (RejectedExecutionException e) {
                log.debug("event loop is gone, {} outcomes have nobody to hear them", batch.results.size());
            } catch (RuntimeException e) {
                log.error("{} outcomes could not be told; the others go on", batch.results.size(), e);
            }
        }
        batches.clear();
    }

    private static final class Batch implements Runnable {
        private final Executor executor;
        private final List<Completion> completions = new ArrayList<>();
        private final List<AppendResult> results = new ArrayList<>();

        Batch(Executor executor) {
            this.executor = executor;
        }

        void add(Completion completion, AppendResult result) {
            completions.add(completion);
            results.add(result);
        }

        @Override
        public void run() {
            for (int i = 0; i < results.size(); i++) {
                try {
                    completions.get(i).complete(results.get(i));
                } catch (RuntimeException e) {
                    log.error("a completion failed; the others go on", e);
                }
            }
        }
    }
}
