package io.millrace.broker.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.OsFileStore;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.journal.JournalOptions;
import io.millrace.broker.storage.segment.TailOptions;
import io.millrace.broker.storage.shard.AppendCommand;
import io.millrace.broker.storage.shard.DataFolder;
import io.millrace.broker.storage.shard.FlushSummary;
import io.millrace.broker.storage.shard.LogKey;
import io.millrace.broker.storage.shard.LogManager;
import io.millrace.broker.storage.shard.NewLog;
import io.millrace.broker.storage.shard.ShardOptions;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ShardRingTest {

    private static final UnpooledByteBufAllocator HEAP = new UnpooledByteBufAllocator(false, true);
    private static final RingOptions SMALL = new RingOptions(2 * ShardRing.RESERVED_SLOTS, 64 << 10, 32);
    /** Full after a few dozen commits, so that commits wait for checkpoints. */
    private static final ShardOptions TINY_JOURNAL =
            new ShardOptions(new JournalOptions(64 << 10, 2), new TailOptions(64 << 10, 4096, 16 << 10), 60_000, 0, 4);

    private static final int LOGS = 5;

    @TempDir
    Path folder;

    private final Queue<AppendResult> results = new ConcurrentLinkedQueue<>();

    @Test
    void completesEveryAppendOfManyThreadsOnceThoughRingBytesAndJournalAreFullAllTheTime() throws Exception {
        Running running = start(new OsFileStore());
        int threads = 6;
        int each = 250;
        Semaphore completed = new Semaphore(0);
        AtomicInteger refused = new AtomicInteger();
        List<Thread> producers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int seed = t;
            Thread producer = new Thread(() -> {
                Random random = new Random(seed);
                for (int i = 0; i < each; i++) {
                    PartitionLog log = running.logs.get(random.nextInt(LOGS));
                    AppendCommand command = command(log, random.nextInt(4000), completed);
                    while (!running.ring().tryAppend(command)) {
                        refused.incrementAndGet();
                        CountDownLatch room = new CountDownLatch(1);
                        running.ring().onRoom(command.sizeBytes(), room::countDown);
                        awaitQuietly(room);
                    }
                }
            });
            producer.start();
            producers.add(producer);
        }
        for (Thread producer : producers) {
            producer.join();
        }

        assertThat(completed.tryAcquire(threads * each, 30, TimeUnit.SECONDS)).isTrue();

        assertThat(results).hasSize(threads * each).allMatch(AppendResult::isAccepted);
        assertThat(refused).as("the ring was full at times").hasPositiveValue();
        assertThat(running.logs.stream()
                        .mapToLong(PartitionLog::visibleEndOffset)
                        .sum())
                .isEqualTo((long) threads * each);
        running.stop();
        // After the stop: a batch gives its bytes back behind its completions.
        assertThat(running.ring().bytesInFlight()).isZero();
        assertThat(reopenedEnds()).isEqualTo((long) threads * each);
    }

    @Test
    void letsOneAppendLargerThanTheBudgetAndTheJournalThrough() throws Exception {
        Running running = start(new OsFileStore());
        Semaphore completed = new Semaphore(0);

        assertThat(running.ring().tryAppend(command(running.logs.get(0), 300_000, completed)))
                .isTrue();

        assertThat(completed.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        assertThat(results).singleElement().matches(AppendResult::isAccepted);
        running.stop();
        assertThat(reopenedEnds()).isEqualTo(1);
    }

    @Test
    void commitsASmallAppendWhereItWasWrittenAndALargeOneBesideThat() throws Exception {
        Running running = start(new OsFileStore());
        // The commit thread's, as long as there is one journal file only or it is not done with the one before.
        Set<String> committers = new HashSet<>();
        for (int tries = 0; tries < 1000 && !committers.contains("millrace-append-0"); tries++) {
            committers.add(committerOf(running, 100));
        }

        assertThat(committers).contains("millrace-append-0");
        assertThat(committerOf(running, 40_000)).isEqualTo("millrace-commit-0");
        running.stop();
    }

    /** The thread that tells the outcome of one append. */
    private String committerOf(Running running, int valueBytes) throws Exception {
        AtomicReference<String> thread = new AtomicReference<>();
        CountDownLatch told = new CountDownLatch(1);
        AppendCommand command = command(running.logs.get(0), valueBytes, new Semaphore(0));
        AppendCommand watched =
                new AppendCommand(command.log(), command.records(), 0, AppendOrigin.CLIENT, Runnable::run, result -> {
                    thread.set(Thread.currentThread().getName());
                    told.countDown();
                });
        assertThat(running.ring().tryAppend(watched)).isTrue();
        assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
        return Objects.requireNonNull(thread.get());
    }

    @Test
    void answersEverythingWithAnErrorAfterAFailedSyncAndGivesTheBuffersBack() throws Exception {
        FailingSyncs disk = new FailingSyncs();
        Running running = start(disk.store());
        Semaphore completed = new Semaphore(0);
        List<ByteBuf> buffers = new ArrayList<>();
        disk.start();

        int submitted = 0;
        for (int i = 0; i < 500; i++) {
            AppendCommand command = command(running.logs.get(i % LOGS), 100, completed);
            buffers.add(command.records());
            while (!running.ring().tryAppend(command)) {
                CountDownLatch room = new CountDownLatch(1);
                running.ring().onRoom(command.sizeBytes(), room::countDown);
                awaitQuietly(room);
            }
            submitted++;
        }

        assertThat(completed.tryAcquire(submitted, 10, TimeUnit.SECONDS)).isTrue();
        assertThat(results).hasSize(submitted).allMatch(result -> result.error() == ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(buffers).allMatch(buffer -> buffer.refCnt() == 0);
        assertThat(running.logs).allMatch(log -> log.visibleEndOffset() == 0);
        assertThat(running.stop().isClean()).isFalse();
    }

    @Test
    void refusesWhatComesAfterTheStopWhichStaysClean() throws Exception {
        Running running = start(new OsFileStore());
        running.threads().stop();
        Semaphore completed = new Semaphore(0);
        AtomicReference<Throwable> refusal = new AtomicReference<>();

        boolean taken = running.ring().tryAppend(command(running.logs.get(0), 10, completed));
        running.ring().submit((shard, nowMs) -> nowMs).onFailure(refusal::set);

        assertThat(taken).isTrue();
        assertThat(completed.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        assertThat(results).singleElement().matches(result -> result.error() == ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(refusal.get()).hasMessage("the broker is stopping");
        assertThat(running.manager().close(1).isClean()).isTrue();
        assertThat(reopenedEnds()).isZero();
    }

    /** The checkpoint thread may submit one more task before it ends, when the ring was drained already. */
    @Test
    void aTaskThatIsInTheRingAtAStopRunsAndTheStopIsClean() throws Exception {
        Running running = start(new OsFileStore());
        CountDownLatch goesOn = new CountDownLatch(1);
        AtomicBoolean ran = new AtomicBoolean();
        running.ring()
                .submit((shard, nowMs) -> {
                    awaitQuietly(goesOn);
                    return nowMs;
                })
                .onSuccess(done -> ran.set(true));

        Thread stop = new Thread(() -> stopQuietly(running.ring()));
        stop.start();
        while (!isWaiting(stop)) {
            Thread.onSpinWait();
        }
        goesOn.countDown();
        stop.join();

        assertThat(ran).isTrue();
        assertThat(running.stop().isClean()).isTrue();
        assertThat(reopenedEnds()).isZero();
    }

    @Test
    void runsTasksInOrderWithAppendsHoweverManyThereAre() throws Exception {
        Running running = start(new OsFileStore());
        int tasks = 3 * SMALL.slots();
        CountDownLatch done = new CountDownLatch(tasks);
        Queue<Integer> order = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < tasks; i++) {
            int number = i;
            running.ring().submit((shard, nowMs) -> order.add(number)).onSuccess(added -> done.countDown());
        }

        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(List.copyOf(order)).isSorted().hasSize(tasks);
        running.stop();
    }

    @Test
    void forgetsADeletedTopicWhoseRecordsAreStillInTheJournal() throws Exception {
        Running running = start(new OsFileStore());
        Semaphore completed = new Semaphore(0);
        PartitionLog log = running.logs.get(0);
        assertThat(running.ring().tryAppend(command(log, 10, completed))).isTrue();
        assertThat(completed.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        CountDownLatch deleted = new CountDownLatch(1);
        running.ring()
                .submit((shard, nowMs) ->
                        shard.delete(new LogKey(log.id().topicId(), log.id().partition())))
                .onSuccess(done -> deleted.countDown());
        assertThat(deleted.await(10, TimeUnit.SECONDS)).isTrue();
        running.stop();

        LogManager reopened = open(new OsFileStore());
        assertThat(reopened.log(log.id().topicId(), log.id().partition())).isNull();
        assertThat(reopened.logs()).hasSize(LOGS - 1);
        reopened.close(1);
    }

    // ---- helpers ----

    private AppendCommand command(PartitionLog log, int valueBytes, Semaphore completed) {
        ByteBuf records;
        try (RecordBatchBuilder builder = new RecordBatchBuilder(HEAP)) {
            records = builder.append(1, null, new byte[valueBytes]).build();
        }
        return new AppendCommand(log, records, 0, AppendOrigin.CLIENT, Runnable::run, result -> {
            results.add(result);
            completed.release();
        });
    }

    private LogManager open(FileStore store) throws IOException {
        return LogManager.open(
                store,
                List.of(DataFolder.open(store, folder)),
                TINY_JOURNAL,
                100,
                id -> LogConfig.defaults(),
                new Random(1),
                1);
    }

    private long reopenedEnds() throws IOException {
        LogManager reopened = open(new OsFileStore());
        assertThat(reopened.openSummary().clean()).isTrue();
        long ends = reopened.logs().stream()
                .mapToLong(PartitionLog::visibleEndOffset)
                .sum();
        reopened.close(1);
        return ends;
    }

    private Running start(FileStore store) throws IOException {
        LogManager manager = open(store);
        List<NewLog> wanted = new ArrayList<>();
        for (int i = 0; i < LOGS; i++) {
            wanted.add(new NewLog(new LogId("topic", new UUID(1, 1), i), LogConfig.defaults()));
        }
        List<PartitionLog> logs = manager.create(wanted, 1);
        ShardThreads threads = new ShardThreads(
                manager.shards().get(0), 0, SMALL, System::currentTimeMillis, 60_000, CompactionPace.NONE);
        threads.start();
        return new Running(manager, threads, logs);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void stopQuietly(ShardRing ring) {
        try {
            ring.stop();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    private record Running(LogManager manager, ShardThreads threads, List<PartitionLog> logs) {
        ShardRing ring() {
            return threads.ring();
        }

        FlushSummary stop() throws Exception {
            threads.stop();
            return manager.close(1);
        }
    }
}
