package io.millrace.micro;

import io.millrace.broker.ring.LogRings;
import io.millrace.broker.ring.RingOptions;
import io.millrace.broker.ring.ShardRing;
import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.OsFileStore;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.shard.AppendCommand;
import io.millrace.broker.storage.shard.Completion;
import io.millrace.broker.storage.shard.DataFolder;
import io.millrace.broker.storage.shard.LogManager;
import io.millrace.broker.storage.shard.NewLog;
import io.millrace.broker.storage.shard.ShardOptions;
import io.millrace.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * The way from event loops through a shard's ring and its threads, and back, without storage: every append repeats one that the
 * log has, so that both stages do their work and nothing is written. A producer that finds the ring full waits for room as an
 * event loop does, so that the slowest of the threads sets the pace.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class RingHandOffBenchmark extends MicroBenchmark {

    private static final long TAIL_BYTES = 1 << 20;
    private static final long UPKEEP_INTERVAL_MS = 300_000;
    private static final int OPEN_FILES_MAX = 64;
    private static final int LEADER_EPOCH = 0;

    @Param
    BatchShape shape;

    private final AtomicInteger producers = new AtomicInteger();
    private ScratchFolder folder;
    private Vertx vertx;
    private LogRings rings;
    private PartitionLog log;
    private ShardRing ring;

    @Setup
    public void open() throws IOException {
        folder = new ScratchFolder();
        vertx = Vertx.vertx();
        FileStore store = new OsFileStore();
        LogConfig config = LogConfig.defaults();
        LogManager logs = LogManager.open(
                store,
                List.of(DataFolder.open(store, folder.path().resolve("data"))),
                ShardOptions.withMemory(TAIL_BYTES),
                OPEN_FILES_MAX,
                id -> config,
                new SplittableRandom(1),
                System.currentTimeMillis());
        rings = LogRings.start(logs, RingOptions.DEFAULT, vertx, System::currentTimeMillis, UPKEEP_INTERVAL_MS);
        log = Waiting.on(rings.create(List.of(new NewLog(new LogId("orders", new UUID(1, 2), 0), config))))
                .get(0);
        ring = rings.ringOf(log);
    }

    @TearDown
    public void close() throws IOException {
        Waiting.on(rings.close());
        Waiting.on(vertx.close());
        folder.close();
    }

    /** An idempotent producer with a thread, in the place of an event loop: what it hands over is answered to it. */
    @State(Scope.Thread)
    public static class Producer implements Executor, Completion {
        private RingHandOffBenchmark shared;
        private ByteBuf batch;
        private @Nullable Thread waiting;
        private volatile boolean hasRoom;
        private volatile @Nullable AppendResult refusal;

        @Setup
        public void appendFirst(RingHandOffBenchmark owner) {
            shared = owner;
            batch = owner.shape.batch(owner.producers.incrementAndGet());
            handOver();
        }

        @TearDown
        public void release() {
            batch.release();
            AppendResult refused = refusal;
            if (refused != null) {
                throw new IllegalStateException("not appended: " + refused);
            }
        }

        void handOver() {
            AppendCommand command =
                    new AppendCommand(shared.log, batch.retain(), LEADER_EPOCH, AppendOrigin.CLIENT, this, this);
            while (!shared.ring.tryAppend(command)) {
                hasRoom = false;
                waiting = Thread.currentThread();
                shared.ring.onRoom(command.sizeBytes(), this::wake);
                while (!hasRoom) {
                    LockSupport.park(this);
                }
            }
        }

        private void wake() {
            hasRoom = true;
            LockSupport.unpark(waiting);
        }

        @Override
        public void execute(Runnable completions) {
            completions.run();
        }

        @Override
        public void complete(AppendResult result) {
            if (result.error() != ErrorCode.NONE) {
                refusal = result;
            }
        }
    }

    /** The hand-off of each produce request with one event loop: what it costs without contention. */
    @Benchmark
    @Threads(1)
    public void fromOneProducer(Producer producer) {
        producer.handOver();
    }

    /** With two event loops, which compete for places in the ring. */
    @Benchmark
    @Threads(2)
    public void fromTwoProducers(Producer producer) {
        producer.handOver();
    }

    /** With four event loops. */
    @Benchmark
    @Threads(4)
    public void fromFourProducers(Producer producer) {
        producer.handOver();
    }
}
