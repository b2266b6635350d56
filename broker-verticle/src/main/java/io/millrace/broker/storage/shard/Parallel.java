package io.millrace.broker.storage.shard;

import java.io.IOException;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Does the same to many logs on several threads, which live as long as the work. A sync of one file waits most of its time,
 * and file systems commit syncs that come together together, so this pays even on one core. With one thread everything runs
 * in place and in order.
 */
final class Parallel {

    /** One piece of work. */
    @FunctionalInterface
    interface Action<T> {
        void accept(T item) throws IOException;
    }

    private Parallel() {}

    /** Returns when all is done; after a failure no more items are begun, and the first failure is thrown. */
    static <T> void forEach(Collection<T> items, int threads, Action<T> action) throws IOException {
        if (threads <= 1 || items.size() <= 1) {
            for (T item : items) {
                action.accept(item);
            }
            return;
        }
        Queue<T> rest = new ConcurrentLinkedQueue<>(items);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread[] workers = new Thread[Math.min(threads, items.size())];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Thread(() -> work(rest, action, failure), "millrace-logs-" + i);
            workers[i].start();
        }
        join(workers);
        rethrow(failure.get());
    }

    private static <T> void work(Queue<T> rest, Action<T> action, AtomicReference<@Nullable Throwable> failure) {
        for (T item = rest.poll(); item != null && failure.get() == null; item = rest.poll()) {
            try {
                action.accept(item);
            } catch (IOException | RuntimeException | AssertionError e) {
                failure.compareAndSet(null, e);
            }
        }
    }

    private static void join(Thread[] workers) throws IOException {
        try {
            for (Thread worker : workers) {
                worker.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while logs were opened or closed", e);
        }
    }

    private static void rethrow(@Nullable Throwable failure) throws IOException {
        if (failure instanceof IOException disk) {
            throw disk;
        }
        if (failure instanceof RuntimeException bug) {
            throw bug;
        }
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }
}
