package io.millrace.micro;

import io.millrace.broker.storage.OsFileStore;
import io.millrace.broker.storage.segment.BatchScanner;
import io.millrace.broker.storage.segment.OpenFiles;
import io.millrace.broker.storage.segment.Segment;
import io.millrace.broker.storage.segment.TailMemory;
import io.millrace.broker.storage.segment.TailOptions;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.TimestampType;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** How a place in a segment of 64 MB is found, from the index entry to the header of the batch. */
@State(Scope.Thread)
public class IndexLookupBenchmark extends MicroBenchmark {

    private static final int SEGMENT_BYTES = 64 << 20;
    private static final int INDEX_INTERVAL_BYTES = 4096;
    private static final int OPEN_FILES_MAX = 8;
    private static final int QUESTIONS = 1 << 10;

    /** Where the segment's bytes and index entries are. */
    public enum Place {
        /** The newest segment, in the memory of the log. */
        MEMORY,
        /** A segment that has ended, in the page cache. */
        FILE
    }

    @Param
    Place place;

    @Param
    BatchShape shape;

    private ScratchFolder folder;
    private Segment segment;
    private int batches;
    private final int[] questions = new int[QUESTIONS];
    private int next;

    @Setup
    public void fill() throws IOException {
        folder = new ScratchFolder();
        OpenFiles files = new OpenFiles(new OsFileStore(), OPEN_FILES_MAX);
        segment = Segment.create(files, folder.path(), 0, BatchShape.TIME_MS);
        @Nullable
        TailMemory memory = place == Place.MEMORY ? new TailMemory(TailOptions.ofBytes(2 * SEGMENT_BYTES)) : null;
        ByteBuf batch = shape.batch(1);
        while (segment.sizeBytes() + batch.readableBytes() <= SEGMENT_BYTES) {
            append(batch, memory);
        }
        batch.release();
        if (place == Place.FILE) {
            segment.seal();
        }
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < QUESTIONS; i++) {
            questions[i] = random.nextInt(batches);
        }
    }

    /** Each batch is one millisecond later than the one before. */
    private void append(ByteBuf batch, @Nullable TailMemory memory) throws IOException {
        long baseOffset = (long) batches * shape.records();
        long timeMs = BatchShape.TIME_MS + batches;
        RecordBatch.setBaseOffset(batch, 0, baseOffset);
        RecordBatch.setMaxTimestamp(batch, 0, TimestampType.CREATE_TIME, timeMs);
        segment.stage(
                new Segment.BatchSpan(baseOffset, baseOffset + shape.records() - 1, batch.readableBytes(), timeMs),
                INDEX_INTERVAL_BYTES);
        segment.write(new ByteBuffer[] {batch.nioBuffer()}, memory);
        batches++;
    }

    @TearDown
    public void close() throws IOException {
        segment.close();
        folder.close();
    }

    /** The first step of each read, for every partition of every fetch that has something to get. */
    @Benchmark
    public Segment.@Nullable Located byOffset() throws IOException {
        return segment.locate((long) question() * shape.records() + 1, segment.sizeBytes());
    }

    /** What ListOffsets asks when a consumer begins at a time, on a worker thread. */
    @Benchmark
    public long byTime() throws IOException {
        long timeMs = BatchShape.TIME_MS + question();
        try (Segment.Scan scan = segment.scanFromTimestamp(timeMs, segment.sizeBytes())) {
            BatchScanner found = scan.batches();
            while (found.next() && found.maxTimestampMs() < timeMs) {
                // between two entries of the index
            }
            return found.baseOffset();
        }
    }

    private int question() {
        next = (next + 1) % QUESTIONS;
        return questions[next];
    }
}
