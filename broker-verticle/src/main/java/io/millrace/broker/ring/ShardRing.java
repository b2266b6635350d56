package io.millrace.broker.ring;

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.EventTranslatorOneArg;
import com.lmax.disruptor.RingBuffer;
import io.millrace.broker.storage.shard.AppendCommand;
import io.millrace.broker.storage.shard.LogShard;
import io.millrace.broker.storage.shard.ShardSlot;
import io.millrace.broker.storage.shard.ShardTask;
import io.millrace.broker.storage.shard.TaskRun;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way into one log shard, from any thread and without blocking.
 *
 * <pre>
 * tryAppend --> [append thread: offsets, segments] --> [commit thread: journal, one sync] --> completions
 * </pre>
 *
 * <p>Both slots and bytes in flight are bounded. Urgent tasks need neither: when the journal is full, the commit stage waits
 * for a checkpoint and gives no slot back, and the checkpoint needs the append stage, once for every few logs.
 */
public final class ShardRing {

    private static final Logger log = LoggerFactory.getLogger(ShardRing.class);

    /** Slots that appends never take, so that control work comes through when there are more appends than fit. */
    static final int RESERVED_SLOTS = 64;

    /** Tasks that may wait for a slot. Control work comes in bursts of one per partition. */
    private static final int WAITING_TASKS_MAX = 100_000;

    private static final long DRAIN_POLL_NS = 50_000;

    private static final EventTranslatorOneArg<ShardSlot, AppendCommand> LOAD_COMMAND =
            (slot, sequence, command) -> slot.load(command);
    private static final EventTranslatorOneArg<ShardSlot, TaskRun<?>> LOAD_TASK =
            (slot, sequence, task) -> slot.load(task);

    private final LogShard shard;
    private final RingOptions options;
    private final ParkingWaitStrategy waitStrategy = new ParkingWaitStrategy(this::runUrgent);
    private final LongSupplier clockMs;
    private final RingBuffer<ShardSlot> ring;
    private final BatchEventProcessor<ShardSlot> append;
    private final CommitProcessor commit;
    private final Thread appendThread;
    private final Thread commitThread;
    private final AtomicLong bytesInFlight = new AtomicLong();
    private final Queue<Runnable> roomWaiters = new ConcurrentLinkedQueue<>();
    /** Guarded by itself: held for a few instructions, by submitters of tasks and once per commit batch. */
    private final Queue<TaskRun<?>> waitingTasks = new ArrayDeque<>();

    /** At most one, of the checkpoint thread, which waits for the outcome. */
    private final Queue<TaskRun<?>> urgentTasks = new ConcurrentLinkedQueue<>();

    private volatile boolean tasksWaiting;
    private volatile boolean halted;

    ShardRing(LogShard shard, int number, RingOptions options, LongSupplier clockMs) {
        this.shard = shard;
        this.options = options;
        this.clockMs = clockMs;
        ring = RingBuffer.createMultiProducer(ShardSlot::new, options.slots(), waitStrategy);
        FencingExceptionHandler failures = new FencingExceptionHandler(shard);
        AppendHandler appendHandler = new AppendHandler(shard, clockMs, waitStrategy);
        append = new BatchEventProcessorBuilder()
                .setMaxBatchSize(options.batchSlotsMax())
                .build(ring, ring.newBarrier(), appendHandler);
        append.setExceptionHandler(failures);
        // It takes whole batches of the first stage. One that it cut in two would be acknowledged in part before it is
        // visible: a log's end moves by what the first stage wrote at once.
        CommitHandler commitHandler = new CommitHandler(shard, this::onRoomMade);
        commit = new CommitProcessor(ring, ring.newBarrier(append.getSequence()), commitHandler, failures);
        commitHandler.sequence(commit.getSequence());
        appendHandler.commit(commit);
        ring.addGatingSequences(commit.getSequence());
        appendThread = new Thread(append, "millrace-append-" + number);
        commitThread = new Thread(commit, "millrace-commit-" + number);
    }

    void start() {
        appendThread.start();
        commitThread.start();
    }

    /**
     * Hands over an append. Any thread.
     *
     * @return false when the ring is full: nothing happened, the caller still owns the command and should wait for {@link
     *     #onRoom}. After true the completion is called exactly once
     */
    public boolean tryAppend(AppendCommand command) {
        int bytes = command.sizeBytes();
        if (!claimBytes(bytes)) {
            return false;
        }
        if (ring.remainingCapacity() <= RESERVED_SLOTS || !ring.tryPublishEvent(LOAD_COMMAND, command)) {
            bytesInFlight.addAndGet(-bytes);
            return false;
        }
        failWhatCameTooLate();
        return true;
    }

    private boolean claimBytes(int bytes) {
        long before = bytesInFlight.getAndAdd(bytes);
        if (before > 0 && before + bytes > options.bytesMax()) {
            bytesInFlight.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /**
     * Calls back once, as soon as an append of this size is worth another try, which may be at once. Any thread; the
     * callback runs on this thread or on the commit thread and must do no more than wake its owner.
     */
    public void onRoom(int bytes, Runnable wake) {
        roomWaiters.add(wake);
        // The size matters: room for less would wake the owner to fail and come back, over and over.
        if (hasRoom(bytes)) {
            // The first to wait need not be this one: with nothing in flight, no later batch would come to wake it.
            wakeWaiters(bytesInFlight.get() == 0 ? Integer.MAX_VALUE : 1);
        }
    }

    private boolean hasRoom(int bytes) {
        long before = bytesInFlight.get();
        return (before == 0 || before + bytes <= options.bytesMax()) && ring.remainingCapacity() > RESERVED_SLOTS;
    }

    /**
     * Runs control work on the append thread, in order with the appends. Any thread.
     *
     * @return completes, on the caller's Vert.x context if there is one, when the work and everything before it is durable
     */
    public <T> Future<T> submit(ShardTask<T> task) {
        ContextInternal context = ContextInternal.current();
        Promise<T> promise = context == null ? Promise.promise() : context.promise();
        enqueue(new TaskRun<>(task, (value, failure) -> {
            if (failure == null) {
                promise.complete(value);
            } else {
                promise.fail(failure);
            }
        }));
        return promise.future();
    }

    private void enqueue(TaskRun<?> run) {
        synchronized (waitingTasks) {
            if (waitingTasks.isEmpty() && publish(run)) {
                return;
            }
            if (waitingTasks.size() < WAITING_TASKS_MAX) {
                waitingTasks.add(run);
                tasksWaiting = true;
                run = null;
            }
        }
        if (run != null) {
            run.fail(new RejectedExecutionException("too much control work waits for " + shard));
            return;
        }
        publishWaitingTasks();
    }

    /**
     * Runs a task on the append thread as soon as its batch is finished, and tells the outcome there. Takes no slot, and
     * waits for no sync: the commit stage may stand still until the task has run.
     */
    void submitUrgent(TaskRun<?> run) {
        urgentTasks.add(run);
        waitStrategy.signalFirstStage();
        if (halted) {
            failUrgent();
        }
    }

    private void runUrgent() {
        for (TaskRun<?> run = urgentTasks.poll(); run != null; run = urgentTasks.poll()) {
            shard.runUrgent(run, clockMs.getAsLong());
        }
    }

    private void failUrgent() {
        for (TaskRun<?> run = urgentTasks.poll(); run != null; run = urgentTasks.poll()) {
            run.fail(new RejectedExecutionException("the ring was stopped"));
        }
    }

    private boolean publish(TaskRun<?> run) {
        if (!ring.tryPublishEvent(LOAD_TASK, run)) {
            return false;
        }
        failWhatCameTooLate();
        return true;
    }

    private void publishWaitingTasks() {
        synchronized (waitingTasks) {
            while (!waitingTasks.isEmpty() && publish(waitingTasks.element())) {
                waitingTasks.remove();
            }
            tasksWaiting = !waitingTasks.isEmpty();
        }
    }

    private void onRoomMade(int slots, long bytes) {
        bytesInFlight.addAndGet(-bytes);
        if (tasksWaiting) {
            publishWaitingTasks();
        }
        // When nothing is in flight no later batch would wake the rest.
        wakeWaiters(commit.getSequence().get() == ring.getCursor() ? Integer.MAX_VALUE : slots);
    }

    private void wakeWaiters(int countMax) {
        for (int i = 0; i < countMax; i++) {
            Runnable wake = roomWaiters.poll();
            if (wake == null) {
                return;
            }
            try {
                wake.run();
            } catch (RuntimeException e) {
                log.warn("cannot wake who waits for room; the others go on", e);
            }
        }
    }

    /** Appends and tasks that were handed over since the start. Any thread. */
    public long published() {
        return ring.getCursor() + 1;
    }

    /** Record bytes that were handed over and are not complete. */
    public long bytesInFlight() {
        return bytesInFlight.get();
    }

    /** Whether the data folder has failed: nothing is acknowledged in it until the broker is started again. */
    public boolean isOffline() {
        return shard.isOffline();
    }

    LogShard shard() {
        return shard;
    }

    Thread commitThread() {
        return commitThread;
    }

    /** Waits until everything that was published has run. Blocks; not for an event loop. */
    void drain() {
        publishWaitingTasks();
        while ((commit.getSequence().get() < ring.getCursor() || tasksWaiting) && commitThread.isAlive()) {
            LockSupport.parkNanos(DRAIN_POLL_NS);
        }
    }

    /**
     * Stops the threads, the second after it has finished what the first has begun. Drains before: the checkpoint thread may
     * have published after the drain that it was needed for. What comes later still, from operations of clients that are
     * gone, nobody has looked at, and it is refused: such a stop is clean. Blocks.
     */
    void stop() throws InterruptedException {
        drain();
        append.halt();
        appendThread.join();
        while (commit.getSequence().get() < append.getSequence().get() && commitThread.isAlive()) {
            LockSupport.parkNanos(DRAIN_POLL_NS);
        }
        commit.halt();
        waitStrategy.signalSecondStage();
        commitThread.join();
        halted = true;
        failUrgent();
        failWhatCameTooLate();
    }

    /**
     * Narrated: (1) a publisher finds room, (2) {@link #stop} halts the threads, (3) the publisher publishes, and nobody
     * consumes. Whoever comes second, the publisher after its publish or {@code stop} after setting the flag, sees the other
     * and answers.
     */
    private void failWhatCameTooLate() {
        if (halted) {
            failRest();
        }
    }

    private synchronized void failRest() {
        long at = commit.getSequence().get() + 1;
        for (; at <= ring.getCursor() && ring.isAvailable(at); at++) {
            ShardSlot slot = ring.get(at);
            shard.fail(slot);
            slot.clear();
            commit.getSequence().set(at);
        }
    }
}
