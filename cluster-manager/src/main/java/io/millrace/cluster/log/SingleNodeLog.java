package io.millrace.cluster.log;

import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.Decider;
import io.millrace.cluster.Decision;
import io.millrace.cluster.ImageListener;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.MetadataLogException;
import io.millrace.cluster.MetadataLogException.Fate;
import io.millrace.cluster.MetadataRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metadata log of a cluster whose only voter is this broker. A decision counts when its frame is on disk; whatever is
 * submitted while one sync runs shares the next.
 *
 * <p>If a write or a sync fails, the log is offline for good: nothing is acknowledged any more, since what the disk holds
 * is unknown. The next start reads it back.
 *
 * <p>Any thread submits. Deciders, listeners and files belong to the executor, which runs one task at a time.
 */
public final class SingleNodeLog implements MetadataLog {
    private static final Logger LOG = LoggerFactory.getLogger(SingleNodeLog.class);

    /** More submissions than this cannot wait; enough for a client that creates thousands of topics at once. */
    static final int PENDING_MAX = 100_000;

    /** A group of decisions takes no further one from this size on. */
    private static final int GROUP_BYTES = 1 << 20;

    private final MetadataFiles files;
    private final Executor executor;
    private final Runnable afterClose;
    private final Queue<Submission<?>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final List<ImageListener> listeners = new CopyOnWriteArrayList<>();
    private final Promise<Void> closed = Promise.promise();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile ClusterImage image;
    /** Why nothing is accepted any more, or null. Written by the executor only. */
    private volatile @Nullable MetadataLogException offline;

    private SingleNodeLog(MetadataFiles files, Executor executor, Runnable afterClose) {
        this.files = files;
        this.executor = executor;
        this.afterClose = afterClose;
        this.image = files.recovered();
    }

    /** Opens the log in a directory, with a thread of its own. Fails with {@link MetadataLogException}. */
    public static Future<SingleNodeLog> open(Path directory) {
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
            Thread created = new Thread(task, "millrace-metadata");
            created.setDaemon(true);
            return created;
        });
        return open(() -> new FileMetadataStore(directory), MetadataFiles.COMPACT_BYTES_MIN, thread, thread::shutdown)
                .onFailure(failure -> thread.shutdown());
    }

    /**
     * Opens the log in a store.
     *
     * @param executor runs one task at a time, in order, each seeing what the one before it did
     */
    public static Future<SingleNodeLog> open(MetadataStore store, Executor executor) {
        return open(store, MetadataFiles.COMPACT_BYTES_MIN, executor);
    }

    static Future<SingleNodeLog> open(MetadataStore store, long compactBytesMin, Executor executor) {
        return open(() -> store, compactBytesMin, executor, () -> {});
    }

    @Override
    public ClusterImage image() {
        return image;
    }

    @Override
    public <T> Future<T> submit(Decider<T> decider) {
        Promise<T> promise = newPromise();
        if (pending.incrementAndGet() > PENDING_MAX) {
            pending.decrementAndGet();
            promise.fail(refused("more than " + PENDING_MAX + " metadata changes wait to be decided", null));
            return promise.future();
        }
        queue.add(new Submission<>(decider, promise));
        schedule();
        return promise.future();
    }

    @Override
    public void subscribe(ImageListener listener) {
        listeners.add(listener);
    }

    @Override
    public Future<Void> close() {
        if (closing.compareAndSet(false, true)) {
            executor.execute(this::closeNow);
        }
        return closed.future();
    }

    private static Future<SingleNodeLog> open(
            StoreSource source, long compactBytesMin, Executor executor, Runnable afterClose) {
        Promise<SingleNodeLog> opened = newPromise();
        executor.execute(() -> {
            try {
                MetadataFiles files = MetadataFiles.open(source.open(), compactBytesMin);
                opened.complete(new SingleNodeLog(files, executor, afterClose));
            } catch (IOException e) {
                opened.fail(refused("the metadata log cannot be opened: " + e, e));
            } catch (RuntimeException e) {
                opened.fail(e);
            }
        });
        return opened.future();
    }

    /** A promise that completes on the Vert.x context of the caller, if there is one. */
    private static <T> Promise<T> newPromise() {
        ContextInternal context = ContextInternal.current();
        return context == null ? Promise.promise() : context.promise();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                executor.execute(this::drain);
            } catch (RejectedExecutionException e) {
                refuseQueued(refused("the metadata log is closed", null));
            }
        }
    }

    private void drain() {
        scheduled.set(false);
        if (offline != null) {
            refuseQueued(offline);
            return;
        }
        commit(decideGroup());
        if (!queue.isEmpty()) {
            schedule();
        }
    }

    /** Decides what has been submitted, each decision on top of those before it; nothing is visible yet. */
    private Group decideGroup() {
        Group group = new Group(image);
        while (group.payload.size() < GROUP_BYTES) {
            Submission<?> next = queue.poll();
            if (next == null) {
                break;
            }
            pending.decrementAndGet();
            group.decide(next);
        }
        return group;
    }

    private void commit(Group group) {
        try {
            if (!group.payload.isEmpty()) {
                files.append(group.payload);
            }
        } catch (IOException e) {
            goOffline(e);
            group.settled.forEach(each -> each.fail(unknown(e)));
            return;
        }
        publish(group);
        compact();
    }

    /** Makes durable decisions visible: the image, then the listeners, then the submitters. */
    private void publish(Group group) {
        List<MetadataRecord> committed = new ArrayList<>();
        group.settled.forEach(each -> committed.addAll(each.records()));
        if (!committed.isEmpty()) {
            ClusterImage before = image;
            ClusterImage after = group.tentative;
            image = after;
            for (ImageListener listener : listeners) {
                tell(listener, before, after, committed);
            }
        }
        group.settled.forEach(Settled::complete);
    }

    private static void tell(
            ImageListener listener, ClusterImage before, ClusterImage after, List<MetadataRecord> committed) {
        try {
            listener.onImage(before, after, committed);
        } catch (RuntimeException e) {
            LOG.error("a listener failed on metadata version {}", after.version(), e);
        }
    }

    private void compact() {
        try {
            files.compactIfLong(image);
        } catch (IOException e) {
            goOffline(e);
        }
    }

    private void goOffline(IOException cause) {
        LOG.error("the metadata log is offline until the next start: {}", cause.toString());
        offline = refused("the metadata log is offline since a write failed: " + cause, cause);
    }

    private void closeNow() {
        while (!queue.isEmpty() && offline == null) {
            drain();
        }
        try {
            files.close(offline == null ? image : null);
            offline = refused("the metadata log is closed", null);
            closed.complete();
        } catch (IOException e) {
            goOffline(e);
            closed.fail(e);
        }
        refuseQueued(refused("the metadata log is closed", null));
        afterClose.run();
    }

    private void refuseQueued(MetadataLogException why) {
        for (Submission<?> next = queue.poll(); next != null; next = queue.poll()) {
            pending.decrementAndGet();
            next.promise().fail(why);
        }
    }

    private static MetadataLogException refused(String message, @Nullable Throwable cause) {
        return new MetadataLogException(Fate.REFUSED, message, cause);
    }

    private static MetadataLogException unknown(IOException cause) {
        return new MetadataLogException(
                Fate.UNKNOWN, "the metadata change was written but its sync failed: " + cause, cause);
    }

    /** Opens the store on the log's thread. */
    private interface StoreSource {
        MetadataStore open() throws IOException;
    }

    private record Submission<T>(Decider<T> decider, Promise<T> promise) {}

    /** A decision that waits for its group's sync; {@code failure} is what its decider threw. */
    private record Settled<T>(
            Promise<T> promise,
            @Nullable Decision<T> decision,
            @Nullable RuntimeException failure) {

        List<MetadataRecord> records() {
            return decision == null ? List.of() : decision.records();
        }

        void complete() {
            if (decision != null) {
                promise.complete(decision.result());
            } else {
                promise.fail(failure);
            }
        }

        void fail(MetadataLogException why) {
            promise.fail(why);
        }
    }

    /** Decisions that become durable with one sync. */
    private static final class Group {
        final Payload payload;
        final List<Settled<?>> settled = new ArrayList<>();
        private ClusterImage tentative;

        Group(ClusterImage image) {
            this.tentative = image;
            this.payload = new Payload(image.version());
        }

        <T> void decide(Submission<T> submission) {
            try {
                Decision<T> decision = submission.decider().decide(tentative);
                if (!decision.records().isEmpty()) {
                    tentative = tentative.apply(decision.records());
                    payload.add(decision.records());
                }
                settled.add(new Settled<>(submission.promise(), decision, null));
            } catch (RuntimeException e) {
                settled.add(new Settled<>(submission.promise(), null, e));
            }
        }
    }
}
