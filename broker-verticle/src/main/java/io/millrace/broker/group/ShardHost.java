package io.millrace.broker.group;

import io.millrace.broker.group.consumer.ConsumerSettings;
import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.group.decision.MemberMemory;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.pulse.Pulses;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.shard.GroupLog;
import io.millrace.broker.group.shard.GroupShard;
import io.millrace.broker.group.shard.Operation;
import io.millrace.broker.group.shard.ResolveRegexes;
import io.millrace.broker.group.shard.ShardContext;
import io.millrace.broker.runtime.DelayWheel;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.ListGroupsResponse.ListedGroup;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Function;
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
 *
 * <pre>
 *  Pausing --(the pause is over, and everything appended has its outcome)--> Loading --(the log was read)--> Serving
 *     ^                                                                         |                              |
 *     +-------------------------- it cannot be read, or a step fails -----------+------------------------------+
 * </pre>
 */
final class ShardHost {

    private static final Logger LOG = LoggerFactory.getLogger(ShardHost.class);

    /** What fails again and again is tried again ever more seldom. */
    private static final long PAUSE_MIN_MS = 100;

    static final long PAUSE_MAX_MS = 30_000;

    private enum State {
        PAUSING,
        LOADING,
        SERVING,
        CLOSED
    }

    private final ShardStore store;
    private final GroupLoop loop;
    private final Executor workers;
    private final GroupSettings settings;
    private final Function<String, ConsumerSettings> consumerSettings;
    private final long expiryCheckMs;
    private final Supplier<Moment> clock;
    private final Supplier<ClusterTopics> topics;
    private final MemberMemory.Budget memory;
    private final ArrayDeque<Runnable> steps = new ArrayDeque<>();
    private final Timer pauseTimer = new Timer(this::onPauseOver);
    private final Timer wakeTimer = new Timer(this::onWake);
    private final Timer expiryTimer = new Timer(this::onExpiryCheck);
    private boolean stepping;
    private State state = State.PAUSING;
    private boolean pauseOver;
    private long pauseMs = PAUSE_MIN_MS;
    private long servedSinceMs;
    private long wakeMs = Moment.NEVER;

    /** Appends that have no outcome yet. */
    private int pending;

    /** Null while there are no groups to ask. */
    private @Nullable GroupShard shard;

    /** Those of the shard, for any thread. */
    private volatile @Nullable Pulses pulses;

    /** What clients are told meanwhile. */
    private ErrorCode unavailable = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;

    /**
     * @param workers runs what reads the log, on other threads
     * @param consumerSettings of a group by its id, as they are now
     * @param expiryCheckMs how often offsets are looked at whose time may be over
     * @param topics those that there are now
     * @param memory what members may hold, over all shards
     */
    ShardHost(
            ShardStore store,
            GroupLoop loop,
            Executor workers,
            GroupSettings settings,
            Function<String, ConsumerSettings> consumerSettings,
            long expiryCheckMs,
            Supplier<Moment> clock,
            Supplier<ClusterTopics> topics,
            MemberMemory.Budget memory) {
        this.store = store;
        this.loop = loop;
        this.workers = workers;
        this.settings = settings;
        this.consumerSettings = consumerSettings;
        this.expiryCheckMs = expiryCheckMs;
        this.clock = clock;
        this.topics = topics;
        this.memory = memory;
    }

    /** The most that a record of a group may have in bytes. */
    int recordBytesMax() {
        return store.recordBytesMax();
    }

    boolean isOf(UUID topicId) {
        return store.id().topicId().equals(topicId);
    }

    /** Begins to load. Until that is done clients are told to come again. */
    void start() {
        loop.run(this::onPauseOver);
    }

    /** Takes a heartbeat for which the group need not be asked; false: submit it. Any thread. */
    boolean beat(HeartbeatRequest request) {
        Pulses open = pulses;
        return open != null
                && store.check() == ErrorCode.NONE
                && open.beat(request, clock.get().steadyMs());
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
            if (shard != null) {
                promise.complete(shard.list());
            } else {
                // Who asks for all groups cannot look for them elsewhere.
                boolean loads = unavailable == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
                promise.fail(new UnavailableException(loads ? unavailable : ErrorCode.COORDINATOR_NOT_AVAILABLE));
            }
        }));
        return promise.future();
    }

    /** Answers everybody who waits; what is on its way to the disk is answered when it is there. */
    void close(ErrorCode reason) {
        loop.run(() -> step(() -> {
            state = State.CLOSED;
            pauseTimer.disarm();
            wakeTimer.disarm();
            expiryTimer.disarm();
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
                steps.addFirst(() -> onMistake(e));
            }
        }
        stepping = false;
        plan();
    }

    /** Our own: nobody knows what is half done in memory, but the log does not lie. So the groups are read again. */
    private void onMistake(Throwable mistake) {
        LOG.error("{}: a step failed unexpectedly while it was {}", store.id(), state, mistake);
        if (state == State.SERVING) {
            pause();
            giveUp(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        }
    }

    private void load() {
        state = State.LOADING;
        unavailable = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
        ShardContext context =
                new ShardContext(settings, consumerSettings, topics::get, this::isGone, memory, this::resolveRegexes);
        GroupShard fresh = new GroupShard(context, this::append);
        if (store.isEmpty()) {
            serve(fresh);
            return;
        }
        Moment now = clock.get();
        try {
            workers.execute(() -> read(fresh, now));
        } catch (RuntimeException | Error e) {
            // The pool is closed, or the system has no thread for it: nobody will tell that it could not be read.
            onLoaded(fresh, e);
        }
    }

    /** On a worker thread. */
    private void read(GroupShard fresh, Moment now) {
        Throwable failure;
        try {
            store.load(fresh, now);
            failure = null;
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
        Throwable outcome = failure;
        loop.run(() -> step(() -> onLoaded(fresh, outcome)));
    }

    private void onLoaded(GroupShard fresh, @Nullable Throwable failure) {
        if (state != State.LOADING) {
            fresh.close(unavailable);
            return;
        }
        if (failure == null) {
            serve(fresh);
        } else {
            LOG.error(
                    "{}: its groups are not available, because it cannot be read; next try in {} ms",
                    store.id(),
                    pauseMs,
                    failure);
            fresh.close(ErrorCode.NOT_COORDINATOR);
            pause();
            // As Kafka: the client looks for the coordinator again, and does not believe that all is well.
            unavailable = ErrorCode.NOT_COORDINATOR;
        }
    }

    private void serve(GroupShard loaded) {
        Moment now = clock.get();
        state = State.SERVING;
        servedSinceMs = now.steadyMs();
        shard = loaded;
        pulses = loaded.pulses();
        loaded.onLoaded(now);
        if (!expiryTimer.isArmed) {
            expiryTimer.arm(expiryCheckMs);
        }
    }

    /** Before the groups are read, or read again. */
    private void pause() {
        boolean served = state == State.SERVING && clock.get().steadyMs() - servedSinceMs >= PAUSE_MAX_MS;
        state = State.PAUSING;
        pauseOver = false;
        pauseMs = served ? PAUSE_MIN_MS : pauseMs;
        pauseTimer.arm(pauseMs);
        pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS);
    }

    private void append(List<GroupRecord> records, GroupLog.Outcome outcome) {
        store.append(
                records,
                clock.get().wallMs(),
                error -> step(() -> {
                    pending--;
                    outcome.complete(error, clock.get());
                }));
        // Not before: what throws has no outcome. One that is known already is a step that comes after this one.
        pending++;
    }

    /** Old records do not say which topic they meant; only time does away with those. */
    private boolean isGone(UUID topicId) {
        return !topicId.equals(Uuids.ZERO) && topics.get().nameOf(topicId) == null;
    }

    private void resolveRegexes(String groupId, Set<String> regexes) {
        ClusterTopics now = topics.get();
        try {
            workers.execute(() -> match(groupId, regexes, now));
        } catch (RuntimeException | Error e) {
            // The pool is closed, or the system has no thread for it.
            LOG.warn("{}: no thread to match the expressions of group {}: {}", store.id(), groupId, e.getMessage());
            onMatched(new ResolveRegexes(groupId, null, now.version()));
        }
    }

    /** On a worker. */
    private void match(String groupId, Set<String> regexes, ClusterTopics now) {
        try {
            onMatched(RegexMatching.resolve(groupId, regexes, now));
        } catch (RuntimeException | Error e) {
            onMatched(new ResolveRegexes(groupId, null, now.version()));
            throw e;
        }
    }

    /**
     * Whether clients may ask the groups or not: the group hears of what it has asked for, or it would wait for that for ever. If
     * it cannot be written either, it asks again later.
     */
    private void onMatched(ResolveRegexes outcome) {
        loop.run(() -> step(() -> {
            if (shard != null) {
                shard.submit(outcome, clock.get());
            }
        }));
    }

    private void run(Operation operation) {
        GroupShard serving = shard;
        if (serving == null) {
            operation.refuse(unavailable);
        } else if (store.check() != ErrorCode.NONE) {
            operation.refuse(ErrorCode.NOT_COORDINATOR);
        } else {
            serving.submit(operation, clock.get());
        }
    }

    private void giveUp(ErrorCode reason) {
        unavailable = reason;
        GroupShard given = shard;
        shard = null;
        pulses = null;
        if (given != null) {
            given.close(reason);
        }
    }

    // ---- time

    /** After the last step: loads if that is due, and asks for a wake-up where there is none that is early enough. */
    private void plan() {
        if (state == State.PAUSING && pauseOver && pending == 0) {
            step(this::load);
            return;
        }
        long nextMs = shard == null ? Moment.NEVER : shard.nextWakeMs();
        if (nextMs < wakeMs) {
            wakeMs = nextMs;
            wakeTimer.disarm();
            wakeTimer.arm(Math.max(0, nextMs - clock.get().steadyMs()));
        }
    }

    private void onPauseOver() {
        step(() -> pauseOver = true);
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

    /** One of the things that time does to a shard. */
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
