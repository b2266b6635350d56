package io.millrace.broker.storage;

import io.millrace.broker.storage.PartitionLog.Recovered;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One log in a directory, with the steps that a shard would take and ways to read what is in it. */
final class LogFixture {

    static final LogId ID = new LogId("orders", new UUID(0x1234, 0x5678), 3);

    static final LogConfig SMALL_SEGMENTS = LogConfig.defaults().toBuilder()
            .segmentBytes(600)
            .indexIntervalBytes(100)
            .build();

    /** A record as read back. */
    record Read(long offset, long timestampMs, String value) {}

    final Path directory;
    final FileStore store;
    final LogResources resources;
    LogConfig config = LogConfig.defaults();
    PartitionLog log;
    long nowMs = 1_000_000;
    /** Values of the records that {@link #fill} has appended, and that the test expects to be there. */
    final List<String> expected = new ArrayList<>();

    LogFixture(Path parent, LogConfig config) throws IOException {
        this(parent, config, new OsFileStore());
    }

    LogFixture(Path parent, LogConfig config, FileStore store) throws IOException {
        this(parent, config, new LogResources(store, 16));
    }

    LogFixture(Path parent, LogConfig config, LogResources resources) throws IOException {
        this.store = resources.store();
        this.directory = parent.resolve(ID.directoryName());
        this.resources = resources;
        this.config = config;
        this.log = PartitionLog.create(ID, directory, config, resources, nowMs);
    }

    /** Appends, writes and makes durable. */
    AppendResult append(ByteBuf batch) throws IOException {
        AppendResult result = stage(batch);
        log.writeStaged();
        log.onDurable(log.logEndOffset());
        return result;
    }

    /** Appends records of one producer, one batch each. */
    void fill(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int sequence = expected.size();
            expected.add("value-" + sequence);
            append(Batches.idempotent(9, 0, sequence, sequence * 10L, "value-" + sequence));
        }
    }

    AppendResult stage(ByteBuf batch) throws IOException {
        return log.append(batch, 5, AppendOrigin.CLIENT, nowMs);
    }

    /** Closes in order and opens again. */
    Recovered reopenClean() throws IOException {
        log.close();
        return open(new OpenState(log.logStartOffset(), log.recoveryPoint(), true));
    }

    /** Drops the process without any orderly step, and opens again. */
    Recovered reopenAfterKill() throws IOException {
        log.abandon();
        return open(new OpenState(log.logStartOffset(), log.recoveryPoint(), false));
    }

    Recovered open(OpenState state) throws IOException {
        Recovered recovered = PartitionLog.open(ID, directory, config, resources, state, nowMs);
        log = recovered.log();
        return recovered;
    }

    List<String> values() {
        return valuesFrom(log.logStartOffset());
    }

    /** Values of all visible records from an offset on, through as many reads as it takes. */
    List<String> valuesFrom(long offset) {
        return readFrom(offset, 1 << 20).stream().map(Read::value).toList();
    }

    List<Read> readFrom(long offset, int bytesMax) {
        List<Read> all = new ArrayList<>();
        long next = offset;
        while (next < log.visibleEndOffset()) {
            ReadResult result = log.read(next, bytesMax, true);
            if (result.error() != ErrorCode.NONE) {
                throw new AssertionError(result);
            }
            if (result.records() == null) {
                return all;
            }
            ByteBuf bytes = result.records().toBuffer(UnpooledByteBufAllocator.DEFAULT);
            next = decode(bytes, next, all);
            bytes.release();
        }
        return all;
    }

    private static long decode(ByteBuf bytes, long from, List<Read> into) {
        long next = from;
        int end = bytes.writerIndex();
        int at = 0;
        while (RecordBatch.check(bytes, at, end) == RecordBatch.Integrity.VALID) {
            try (RecordReader records = RecordReader.open(bytes, at, 1 << 20)) {
                while (records.next()) {
                    if (records.offset() >= from) {
                        into.add(new Read(records.offset(), records.timestampMs(), text(records.value())));
                    }
                }
            }
            next = RecordBatch.lastOffset(bytes, at) + 1;
            at += RecordBatch.length(bytes, at);
        }
        return next;
    }

    private static String text(@Nullable ByteBuf value) {
        return value == null ? "" : value.toString(StandardCharsets.UTF_8);
    }

    List<String> files() throws IOException {
        return store.list(directory);
    }

    /** Deletes the files of segments that have left the log, as far as they may go. */
    void deleteRemoved(long atMs, long durableStart) throws IOException {
        log.releaseRemoved(atMs, durableStart);
        while (log.deleteFiles()) {
            // one segment at a time
        }
    }

    /** Names of the files that end like this, in order. */
    List<String> files(String ending) throws IOException {
        return files().stream().filter(name -> name.endsWith(ending)).toList();
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /** The newest {@code .log} file. */
    Path activeLog() throws IOException {
        List<String> logs = files(".log");
        return file(logs.get(logs.size() - 1));
    }
}
