package io.millrace.broker.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.Batches;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.journal.JournalOptions;
import io.millrace.broker.storage.segment.TailOptions;
import io.millrace.broker.storage.shard.AppendCommand;
import io.millrace.broker.storage.shard.Completion;
import io.millrace.broker.storage.shard.DataFolder;
import io.millrace.broker.storage.shard.LogManager;
import io.millrace.broker.storage.shard.LogShard;
import io.millrace.broker.storage.shard.NewLog;
import io.millrace.broker.storage.shard.ShardOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A shard of one log with a small ring, a small journal and its real threads. */
public final class RingFixture implements AutoCloseable {

    static final RingOptions OPTIONS = new RingOptions(2 * ShardRing.RESERVED_SLOTS, 1 << 20, 32);

    private static final ShardOptions SHARD =
            new ShardOptions(new JournalOptions(64 << 10, 2), new TailOptions(64 << 10, 4096, 16 << 10), 60_000, 0, 1);

    /** The append thread commits small batches itself, once the journal has a file to spare. */
    private static final String TOO_LARGE_FOR_THE_APPEND_THREAD = "x".repeat(40_000);

    private final LogManager manager;
    private final ShardThreads threads;
    private final PartitionLog log;
    private final Queue<AppendResult> results = new ConcurrentLinkedQueue<>();
    private final Semaphore told = new Semaphore(0);

    public RingFixture(Path folder, FileStore store) throws IOException {
        this(folder, store, LogConfig.defaults(), System::currentTimeMillis, 60_000);
    }

    RingFixture(Path folder, FileStore store, LogConfig config, LongSupplier clockMs, long upkeepIntervalMs)
            throws IOException {
        this(folder, store, config, clockMs, upkeepIntervalMs, CompactionPace.NONE);
    }

    RingFixture(
            Path folder,
            FileStore store,
            LogConfig config,
            LongSupplier clockMs,
            long upkeepIntervalMs,
            CompactionPace pace)
            throws IOException {
        manager = LogManager.open(
                store, List.of(DataFolder.open(store, folder)), SHARD, 100, id -> config, new Random(1), 1);
        log = manager.create(List.of(new NewLog(new LogId("topic", new UUID(1, 1), 0), config)), 1)
                .get(0);
        threads = new ShardThreads(manager.shards().get(0), 0, OPTIONS, clockMs, upkeepIntervalMs, pace);
        threads.start();
    }

    public ShardRing ring() {
        return threads.ring();
    }

    ShardThreads threads() {
        return threads;
    }

    public LogShard shard() {
        return threads.shard();
    }

    public PartitionLog log() {
        return log;
    }

    /** Hands over an append whose outcome {@link #awaitResults} gets; false when there is no room. */
    boolean tryAppend(String value) {
        return tryAppend(value, result -> {
            results.add(result);
            told.release();
        });
    }

    boolean tryAppend(String value, Completion completion) {
        return ring().tryAppend(new AppendCommand(
                log, Batches.of(1, value), 0, AppendOrigin.CLIENT, Runnable::run, completion));
    }

    /** The same, and waits for room. */
    void append(String value) {
        while (!tryAppend(value)) {
            CountDownLatch room = new CountDownLatch(1);
            ring().onRoom(value.length() + 200, room::countDown);
            await(room);
        }
    }

    /** Appends until there is no room; returns how many went in. */
    public int fill() {
        int appends = 0;
        while (tryAppend("value")) {
            appends++;
        }
        return appends;
    }

    public Queue<AppendResult> awaitResults(int count) throws InterruptedException {
        assertThat(told.tryAcquire(count, 20, TimeUnit.SECONDS))
                .as("%d of %d appends were answered", results.size(), count)
                .isTrue();
        return results;
    }

    /** Holds the commit thread in the completion of an append, until the latch that is returned opens. */
    public CountDownLatch stopCommits() {
        CountDownLatch goesOn = new CountDownLatch(1);
        CountDownLatch stands = new CountDownLatch(1);
        boolean taken = tryAppend(TOO_LARGE_FOR_THE_APPEND_THREAD, result -> {
            stands.countDown();
            await(goesOn);
        });
        assertThat(taken).isTrue();
        await(stands);
        return goesOn;
    }

    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            threads.stop();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        manager.close(1);
    }
}
