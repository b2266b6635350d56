package io.millrace.micro;

import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.LogResources;
import io.millrace.broker.storage.OsFileStore;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.shard.AppendCommand;
import io.millrace.broker.storage.shard.DataFolder;
import io.millrace.broker.storage.shard.InlineDriver;
import io.millrace.broker.storage.shard.LogShard;
import io.millrace.broker.storage.shard.NewLog;
import io.millrace.broker.storage.shard.ShardOptions;
import io.millrace.broker.storage.shard.ShardSlot;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The stages of a shard on a real disk, on one thread: append, commit, and now and then what a broker does in the background
 * (checkpoints, retention), so that the figures have all that an append costs and the folder keeps its size however long it
 * runs.
 */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AppendCommitBenchmark extends MicroBenchmark {

    private static final long TAIL_BYTES = 64 << 20;
    private static final int SEGMENT_BYTES = 16 << 20;
    private static final int UPKEEP_BYTES = 16 << 20;
    private static final int OPEN_FILES_MAX = 64;
    private static final int LEADER_EPOCH = 0;

    @Param
    BatchShape shape;

    /** Under load the appends of many connections share a commit; alone each has its own. */
    @Param({"1", "16"})
    int appendsPerCommit;

    private final Executor direct = Runnable::run;
    private ScratchFolder folder;
    private DataFolder data;
    private LogShard shard;
    private PartitionLog log;
    private List<ByteBuf> batches;
    private List<ShardSlot> slots;
    private int nextSequence;
    private long bytesSinceUpkeep;
    private @Nullable AppendResult last;

    @Setup
    public void open() throws IOException {
        folder = new ScratchFolder();
        FileStore store = new OsFileStore();
        data = DataFolder.open(store, folder.path().resolve("data"));
        LogConfig config = LogConfig.defaults().toBuilder()
                .segmentBytes(SEGMENT_BYTES)
                .retentionBytes(SEGMENT_BYTES)
                .fileDeleteDelayMs(0)
                .build();
        shard = LogShard.open(
                store,
                data,
                new LogResources(store, OPEN_FILES_MAX),
                ShardOptions.withMemory(TAIL_BYTES),
                id -> config,
                new SplittableRandom(1),
                System.currentTimeMillis());
        NewLog wanted = new NewLog(new LogId("orders", new UUID(1, 2), 0), config);
        log = shard.create(List.of(wanted), System.currentTimeMillis()).get(0);
        batches = IntStream.range(0, appendsPerCommit)
                .mapToObj(i -> shape.batch(1))
                .toList();
        slots = IntStream.range(0, appendsPerCommit)
                .mapToObj(i -> new ShardSlot())
                .toList();
    }

    @TearDown
    public void close() throws IOException {
        shard.close(System.currentTimeMillis());
        data.close();
        batches.forEach(ByteBuf::release);
        folder.close();
    }

    /** From the ring to the acknowledgement: offsets, the log's memory, the journal with one durable write. */
    @Benchmark
    public long commit() throws IOException {
        long nowMs = System.currentTimeMillis();
        for (int i = 0; i < appendsPerCommit; i++) {
            slots.get(i).load(command(batches.get(i)));
            shard.append(slots.get(i), nowMs);
        }
        shard.endAppendBatch(nowMs);
        slots.forEach(shard::commit);
        shard.endCommitBatch();
        slots.forEach(ShardSlot::clear);
        if (bytesSinceUpkeep >= UPKEEP_BYTES) {
            keepUp(nowMs);
        }
        if (last == null || !last.isAccepted() || last.duplicate()) {
            throw new IllegalStateException("not appended: " + last);
        }
        return log.visibleEndOffset();
    }

    /** The checksum was checked before the ring, and nobody looks at it here: it stays that of another sequence. */
    private AppendCommand command(ByteBuf batch) {
        batch.setInt(RecordBatch.BASE_SEQUENCE_AT, nextSequence);
        nextSequence = RecordBatch.sequenceAfter(nextSequence, shape.records());
        bytesSinceUpkeep += batch.readableBytes();
        return new AppendCommand(
                log, batch.retain(), LEADER_EPOCH, AppendOrigin.CLIENT, direct, result -> last = result);
    }

    private void keepUp(long nowMs) throws IOException {
        bytesSinceUpkeep = 0;
        while (shard.checkpointStep(nowMs)) {
            // one log, one file
        }
        new InlineDriver(shard, nowMs).onAppendThread((owner, now) -> {
            owner.maintain(log, now);
            return log;
        });
    }
}
