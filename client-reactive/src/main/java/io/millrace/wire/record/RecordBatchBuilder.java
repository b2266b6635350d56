package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds one batch: first the settings, then the records in offset order, then {@link #build}, which hands over the
 * buffer. {@link #close} frees everything if the batch was never built, and does nothing otherwise. Not thread safe.
 */
public final class RecordBatchBuilder implements AutoCloseable {
    private static final int INITIAL_CAPACITY = 512;

    private final ByteBuf batch;
    private Compression codec = Compression.NONE;
    private int level = Compression.NONE.defaultLevel();
    private long baseOffset;
    private int leaderEpoch = RecordBatch.NO_LEADER_EPOCH;
    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private short producerEpoch = RecordBatch.NO_PRODUCER_EPOCH;
    private int baseSequence = RecordBatch.NO_SEQUENCE;
    private int flags;
    private long appendTimestampMs = RecordBatch.NO_TIMESTAMP;

    private @Nullable OutputStream out;
    private boolean sealed;
    private boolean done;
    private int count;
    private long nextOffset;
    private long baseTimestamp;
    private long maxTimestamp = RecordBatch.NO_TIMESTAMP;

    public RecordBatchBuilder(ByteBufAllocator allocator) {
        this(allocator, INITIAL_CAPACITY);
    }

    /** @param capacity bytes to begin with; it grows as it needs */
    public RecordBatchBuilder(ByteBufAllocator allocator, int capacity) {
        batch = allocator.buffer(Math.max(capacity, RecordBatch.HEADER_SIZE));
        batch.writeZero(RecordBatch.HEADER_SIZE);
    }

    public RecordBatchBuilder compression(Compression codec) {
        return compression(codec, codec.defaultLevel());
    }

    public RecordBatchBuilder compression(Compression codec, int level) {
        if (!codec.acceptsLevel(level)) {
            throw new IllegalArgumentException(codec.configName() + " has no level " + level);
        }
        this.codec = codec;
        this.level = level;
        return this;
    }

    /** The offset of the batch; also of the first record unless that is appended with one of its own. */
    public RecordBatchBuilder baseOffset(long baseOffset) {
        this.baseOffset = baseOffset;
        this.nextOffset = baseOffset;
        return this;
    }

    public RecordBatchBuilder leaderEpoch(int leaderEpoch) {
        this.leaderEpoch = leaderEpoch;
        return this;
    }

    /** Control batches have no sequence: pass {@link RecordBatch#NO_SEQUENCE}. */
    public RecordBatchBuilder producer(long producerId, short producerEpoch, int baseSequence) {
        this.producerId = producerId;
        this.producerEpoch = producerEpoch;
        this.baseSequence = baseSequence;
        return this;
    }

    public RecordBatchBuilder transactional() {
        flags |= RecordBatch.TRANSACTIONAL_BIT;
        return this;
    }

    public RecordBatchBuilder control() {
        flags |= RecordBatch.CONTROL_BIT;
        return this;
    }

    /** Lets every record have this time, whatever its own. */
    public RecordBatchBuilder logAppendTime(long timestampMs) {
        flags |= RecordBatch.LOG_APPEND_TIME_BIT;
        appendTimestampMs = timestampMs;
        return this;
    }

    /** Appends at the offset behind the last record. Reads the bytes without moving their reader index. */
    public RecordBatchBuilder append(
            long timestampMs, @Nullable ByteBuf key, @Nullable ByteBuf value, List<Header> headers) {
        return append(new Record(nextOffset, timestampMs, key, value, headers));
    }

    /** Appends at the offset behind the last record. */
    public RecordBatchBuilder append(long timestampMs, byte @Nullable [] key, byte @Nullable [] value) {
        return append(timestampMs, wrap(key), wrap(value), List.of());
    }

    /** Appends at the record's own offset, which must be behind the last one. */
    public RecordBatchBuilder append(Record record) {
        if (record.offset() < nextOffset || record.offset() - baseOffset > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("offset " + record.offset() + " where the next is " + nextOffset);
        }
        try {
            write(open(record.timestampMs()), record);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        added(record.offset(), record.timestampMs());
        return this;
    }

    /** Appends at the offset behind the last record, without an object for it. */
    public RecordBatchBuilder append(long timestampMs, RecordFields fields) {
        try {
            OutputStream to = open(timestampMs);
            long timestampDelta = timestampMs - baseTimestamp;
            int offsetDelta = (int) (nextOffset - baseOffset);
            Varints.write(to, 1 + Varints.sizeOf(timestampDelta) + Varints.sizeOf(offsetDelta) + fields.sizeBytes());
            to.write(0);
            Varints.write(to, timestampDelta);
            Varints.write(to, offsetDelta);
            fields.writeTo(to);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        added(nextOffset, timestampMs);
        return this;
    }

    public int recordCount() {
        return count;
    }

    /** Ends the records: there will be none any more, and a codec holds none back. What the header says may still change. */
    public RecordBatchBuilder seal() {
        if (out == null || done) {
            throw new IllegalStateException(done ? "already built or closed" : "a batch needs a record");
        }
        if (!sealed) {
            sealed = true;
            try {
                out.close();
            } catch (IOException e) {
                throw new UncheckedIOException("writing to memory failed", e);
            }
        }
        return this;
    }

    /** Bytes of the batch so far; before {@link #seal} a codec may still hold some back. */
    public int sizeBytes() {
        return batch.readableBytes();
    }

    /** Ends the batch. The caller owns the buffer. Throws {@link IllegalStateException} without records. */
    public ByteBuf build() {
        seal();
        writeHeader();
        done = true;
        return batch;
    }

    @Override
    public void close() {
        if (done) {
            return;
        }
        done = true;
        try {
            if (out != null && !sealed) {
                out.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        } finally {
            batch.release();
        }
    }

    private OutputStream open(long timestampMs) throws IOException {
        if (sealed || done) {
            throw new IllegalStateException("a batch takes no record behind its end");
        }
        if (out == null) {
            out = codec.compress(new ByteBufOutputStream(batch), level);
            baseTimestamp = timestampMs;
        }
        return out;
    }

    private void added(long offset, long timestampMs) {
        nextOffset = offset + 1;
        maxTimestamp = Math.max(maxTimestamp, timestampMs);
        count++;
    }

    private void writeHeader() {
        boolean appendTime = (flags & RecordBatch.LOG_APPEND_TIME_BIT) != 0;
        batch.setLong(RecordBatch.BASE_OFFSET_AT, baseOffset);
        batch.setInt(RecordBatch.BATCH_LENGTH_AT, batch.readableBytes() - RecordBatch.LENGTH_OVERHEAD);
        batch.setInt(RecordBatch.LEADER_EPOCH_AT, leaderEpoch);
        batch.setByte(RecordBatch.MAGIC_AT, RecordBatch.MAGIC);
        batch.setShort(RecordBatch.ATTRIBUTES_AT, flags | codec.id());
        batch.setInt(RecordBatch.LAST_OFFSET_DELTA_AT, (int) (nextOffset - 1 - baseOffset));
        batch.setLong(RecordBatch.BASE_TIMESTAMP_AT, baseTimestamp);
        batch.setLong(RecordBatch.MAX_TIMESTAMP_AT, appendTime ? appendTimestampMs : maxTimestamp);
        batch.setLong(RecordBatch.PRODUCER_ID_AT, producerId);
        batch.setShort(RecordBatch.PRODUCER_EPOCH_AT, producerEpoch);
        batch.setInt(RecordBatch.BASE_SEQUENCE_AT, baseSequence);
        batch.setInt(RecordBatch.RECORD_COUNT_AT, count);
        RecordBatch.updateCrc(batch, 0);
    }

    private void write(OutputStream out, Record record) throws IOException {
        long timestampDelta = record.timestampMs() - baseTimestamp;
        int offsetDelta = (int) (record.offset() - baseOffset);
        int size = 1 + Varints.sizeOf(timestampDelta) + Varints.sizeOf(offsetDelta);
        size += Record.sizeOf(record.key()) + Record.sizeOf(record.value());
        size += Varints.sizeOf(record.headers().size());
        for (Header header : record.headers()) {
            size += header.sizeBytes();
        }
        Varints.write(out, size);
        out.write(0);
        Varints.write(out, timestampDelta);
        Varints.write(out, offsetDelta);
        writeNullable(out, record.key());
        writeNullable(out, record.value());
        Varints.write(out, record.headers().size());
        for (Header header : record.headers()) {
            byte[] key = header.key().getBytes(StandardCharsets.UTF_8);
            Varints.write(out, key.length);
            out.write(key);
            writeNullable(out, header.value());
        }
    }

    private static void writeNullable(OutputStream out, @Nullable ByteBuf field) throws IOException {
        if (field == null) {
            Varints.write(out, -1);
        } else {
            Varints.write(out, field.readableBytes());
            field.getBytes(field.readerIndex(), out, field.readableBytes());
        }
    }

    private static @Nullable ByteBuf wrap(byte @Nullable [] bytes) {
        return bytes == null ? null : Unpooled.wrappedBuffer(bytes);
    }
}
