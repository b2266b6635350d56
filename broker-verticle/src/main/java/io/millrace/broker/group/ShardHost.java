package io.millrace.broker.group;

import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.shard.GroupShard;
import io.millrace.broker.group.shard.Operation;
import io.millrace.broker.partition.Partition;
import io.millrace.broker.runtime.DelayWheel;
import io.millrace.broker.storage.LogView;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ListGroupsResponse.ListedGroup;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayDeque;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the groups of one partition of {@code __consumer_offsets}: loads them, hands them requests and time, writes what
 * they decide. Owned by: one event loop; the public methods may be called by any thread and go there.
 *
 * <p>Everything that happens to the shard is a step, and one step ends before the next begins: an answer may make a
 * connection start its next request, which must not find the groups half changed.
 */
final class ShardHost {

    private static final Logger LOG = LoggerFactory.getLogger(ShardHost.class);

    private static final int EPOCH_UNCHECKED = -1;

    private final Partition partition;
    private final GroupLoop loop;
    private final WorkerExecutor workers;
    private final GroupSettings settings;
    private final long expiryCheckMs;
    private final Supplier<Moment> clock;
    private final Predicate<UUID> isGone;
    private final ShardLog log;
    private final ArrayDeque<Runnable> steps = new ArrayDeque<>();
    private final Timer wakeTimer = new Timer(this::onWake);
    private final Timer expiryTimer = new Timer(this::onExpiryCheck);
    private boolean stepping;
    private boolean closed;
    private long wakeMs = Moment.NEVER;

    /** Null while there are no groups to ask. */
    private @Nullable GroupShard shard;

    /**
     * Our own mistake: nobody knows what is half done in memory, but the log does not lie. So the groups are read again, once
     * everything that was appended has its outcome.
     */
    private boolean failed;

    /** What clients are told meanwhile. */
    private ErrorCode unavailable = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;

    /**
     * @param expiryCheckMs how often offsets are looked at whose time may be over
     * @param isGone whether there is no topic with this id any more
     */
    ShardHost(
            Partition partition,
            GroupLoop loop,
            WorkerExecutor workers,
            GroupSettings settings,
            long expiryCheckMs,
            Supplier<Moment> clock,
            Predicate<UUID> isGone) {
        this.partition = partition;
        this.loop = loop;
        this.workers = workers;
        this.settings = settings;
        this.expiryCheckMs = expiryCheckMs;
        this.clock = clock;
        this.isGone = isGone;
        this.log = new ShardLog(partition, loop.eventLoop(), clock, this::step);
    }

    boolean isOf(UUID topicId) {
        return partition.id().topicId().equals(topicId);
    }

    /** Begins to load. Until that is done clients are told to come again. */
    void start() {
        loop.run(() -> step(this::load));
    }

    /** Asks the operation of its group. */
    void submit(Operation operation) {
        loop.run(() -> step(() -> run(operation)));
    }

    /** Forgets the offsets in topics that are gone. */
    void forgetTopics(Predicate<UUID> gone) {
        loop.run(() -> step(() -> {
            if (shard != null) {
                shard.forgetTopics(gone, clock.get());
            }
        }));
    }

    /** All groups; fails while they are not known. Completes on the shard's event loop. */
    Future<List<ListedGroup>> list() {
        Promise<List<ListedGroup>> promise = Promise.promise();
        loop.run(() -> step(() -> {
            if (shard == null) {
                promise.fail(new UnavailableException(unavailable));
            } else {
                promise.complete(shard.list());
            }
        }));
        return promise.future();
    }

    /** Answers everybody who waits; what is on its way to the disk is answered when it is there. */
    void close(ErrorCode reason) {
        loop.run(() -> step(() -> {
            closed = true;
            giveUp(reason);
        }));
    }

    /** Says why the groups of a shard cannot be told. It carries no stack trace. */
    static final class UnavailableException extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient ErrorCode error;

        UnavailableException(ErrorCode error) {
            super(error.name(), null, false, false);
            this.error = error;
        }

        ErrorCode error() {
            return error;
        }
    }

    // ---- steps, on the event loop

    private void step(Runnable next) {
        assert loop.eventLoop().inEventLoop();
        steps.add(next);
        if (stepping) {
            return;
        }
        stepping = true;
        for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
            try {
                step.run();
            } catch (RuntimeException | Error e) {
                LOG.error("{}: its groups are loaded again after an unexpected error", partition.id(), e);
                failed = true;
                steps.addFirst(() -> giveUp(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS));
            }
        }
        stepping = false;
        plan();
    }

    private void load() {
        if (closed) {
            return;
        }
        LogView view = partition.view();
        GroupShard fresh = new GroupShard(settings, log);
        if (view.logStartOffset() == view.visibleEndOffset()) {
            serve(fresh);
            return;
        }
        ShardLoader loader = new ShardLoader(partition.log(), view.visibleEndOffset(), fresh, clock.get());
        workers.executeBlocking(
                        () -> {
                            loader.load();
                            return fresh;
                        },
                        false)
                .onComplete((loaded, failure) -> loop.run(() -> step(() -> onLoaded(loaded, failure))));
    }

    private void onLoaded(@Nullable GroupShard loaded, @Nullable Throwable failure) {
        if (closed) {
            return;
        }
        if (failure != null || loaded == null) {
            LOG.error("{}: its groups are not available, because it cannot be read", partition.id(), failure);
            unavailable = ErrorCode.COORDINATOR_NOT_AVAILABLE;
        } else {
            serve(loaded);
        }
    }

    private void serve(GroupShard loaded) {
        Moment now = clock.get();
        shard = loaded;
        loaded.onLoaded(now);
        loaded.forgetTopics(isGone, now);
        if (!expiryTimer.isArmed) {
            expiryTimer.arm(expiryCheckMs);
        }
    }

    private void run(Operation operation) {
        GroupShard serving = shard;
        if (serving == null) {
            operation.refuse(unavailable);
        } else if (partition.checkLeader(EPOCH_UNCHECKED) != ErrorCode.NONE) {
            operation.refuse(ErrorCode.NOT_COORDINATOR);
        } else {
            serving.submit(operation, clock.get());
        }
    }

    private void giveUp(ErrorCode reason) {
        unavailable = reason;
        GroupShard given = shard;
        shard = null;
        if (given != null) {
            given.close(reason);
        }
    }

    // ---- time

    /** After the last step: asks for a wake-up where there is none that is early enough. */
    private void plan() {
        if (failed && log.isIdle()) {
            failed = false;
            step(this::load);
            return;
        }
        if (closed) {
            wakeTimer.disarm();
            expiryTimer.disarm();
            return;
        }
        long nextMs = shard == null ? Moment.NEVER : shard.nextWakeMs();
        if (nextMs < wakeMs) {
            wakeMs = nextMs;
            wakeTimer.disarm();
            wakeTimer.arm(Math.max(0, nextMs - clock.get().steadyMs()));
        }
    }

    private void onWake() {
        wakeMs = Moment.NEVER;
        step(() -> {
            if (shard != null) {
                shard.onTime(clock.get());
            }
        });
    }

    private void onExpiryCheck() {
        expiryTimer.arm(expiryCheckMs);
        step(() -> {
            if (shard != null) {
                shard.expire(clock.get());
            }
        });
    }

    /** One of the two things that time does to a shard. */
    private final class Timer extends DelayWheel.Entry {
        private final Runnable action;
        private boolean isArmed;

        Timer(Runnable action) {
            this.action = action;
        }

        void arm(long delayMs) {
            isArmed = true;
            loop.wheel().add(this, delayMs);
        }

        void disarm() {
            isArmed = false;
            loop.wheel().remove(this);
        }

        @Override
        protected void onDelayOver() {
            isArmed = false;
            action.run();
        }
    }
}
