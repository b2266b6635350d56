package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one batch in order. Looking at an uncompressed batch allocates nothing per record until {@link
 * #record} or {@link #headers} is called.
 *
 * <pre>
 * try (RecordReader records = RecordReader.open(buf, index, maxUnpackedBytes)) {
 *     while (records.next()) {
 *         use(records.offset(), records.value());
 *     }
 * }
 * </pre>
 *
 * The batch must be whole ({@link RecordBatch#check}) and stay alive; its records may be anything: what does not fit the
 * header or the format, or unpacks to more than the limit, throws {@link InvalidRecordsException}. Reading to the end
 * proves that the count in the header is right and that no bytes follow the last record. Not thread safe.
 */
public final class RecordReader implements AutoCloseable {
    private static final int NULL = -1;
    /** A header takes at least a byte for each of its two lengths. */
    private static final int SMALLEST_HEADER = 2;

    private final RecordBodies bodies;
    private final RecordCursor cursor;
    private final int count;
    private final long baseOffset;
    private final long baseTimestamp;
    private final boolean logAppendTime;
    private final long maxTimestamp;

    private int read;
    private int offsetDelta;
    private long timestamp;
    private int offsetAt;
    private int keyAt;
    private int keySize;
    private int valueAt;
    private int valueSize;
    private int headersAt;
    private int headerCount;
    private int bodyEnd;

    private RecordReader(ByteBuf batch, int index, RecordBodies bodies) {
        this.bodies = bodies;
        this.cursor = new RecordCursor(batch, index, index);
        this.count = RecordBatch.recordCount(batch, index);
        this.baseOffset = RecordBatch.baseOffset(batch, index);
        this.baseTimestamp = RecordBatch.baseTimestamp(batch, index);
        this.logAppendTime = RecordBatch.timestampType(batch, index) == TimestampType.LOG_APPEND_TIME;
        this.maxTimestamp = RecordBatch.maxTimestamp(batch, index);
    }

    /**
     * Starts before the first record.
     *
     * @param maxUnpackedBytes how many bytes the records of a compressed batch may have in all
     */
    public static RecordReader open(ByteBuf batch, int index, long maxUnpackedBytes) {
        int start = index + RecordBatch.HEADER_SIZE;
        int end = index + RecordBatch.length(batch, index);
        Compression codec = RecordBatch.codec(batch, index);
        if (codec == null) {
            throw new InvalidRecordsException("unknown codec in attributes " + RecordBatch.attributes(batch, index));
        }
        RecordBodies bodies = codec == Compression.NONE
                ? new RecordBodies.InPlace(batch, start, end)
                : new RecordBodies.Unpacked(codec, batch.slice(start, end - start), maxUnpackedBytes);
        return new RecordReader(batch, index, bodies);
    }

    /** Moves to the next record; false behind the last one. */
    public boolean next() {
        if (read >= count) {
            bodies.requireEnd();
            return false;
        }
        bodies.advance(cursor);
        parse();
        read++;
        return true;
    }

    /** Position of the current record in its batch, from 0. */
    public int indexInBatch() {
        return read - 1;
    }

    public int offsetDelta() {
        return offsetDelta;
    }

    public long offset() {
        return baseOffset + offsetDelta;
    }

    public long timestampMs() {
        return timestamp;
    }

    public boolean hasKey() {
        return keySize != NULL;
    }

    /** A slice that is valid as {@link Record} says. */
    public @Nullable ByteBuf key() {
        return slice(keyAt, keySize);
    }

    public boolean hasValue() {
        return valueSize != NULL;
    }

    public @Nullable ByteBuf value() {
        return slice(valueAt, valueSize);
    }

    public List<Header> headers() {
        if (headerCount == 0) {
            return List.of();
        }
        List<Header> headers = new ArrayList<>(headerCount);
        cursor.reset(bodies.buffer(), headersAt, bodyEnd);
        for (int i = 0; i < headerCount; i++) {
            int keyBytes = cursor.readVarint();
            int at = cursor.position();
            cursor.skip(keyBytes);
            String key = bodies.buffer().toString(at, keyBytes, StandardCharsets.UTF_8);
            int valueBytes = cursor.readVarint();
            headers.add(new Header(key, slice(cursor.position(), valueBytes)));
            skipNullable(valueBytes);
        }
        return headers;
    }

    /** The current record as a value. */
    public Record record() {
        return new Record(offset(), timestamp, key(), value(), headers());
    }

    /** Writes the current record for a batch of the same base offset, but of another base timestamp. */
    void writeTo(OutputStream out, long newBaseTimestamp) throws IOException {
        long delta = timestamp - newBaseTimestamp;
        int rest = bodyEnd - offsetAt;
        Varints.write(out, 1 + Varints.sizeOf(delta) + rest);
        out.write(0); // attributes
        Varints.write(out, delta);
        bodies.buffer().getBytes(offsetAt, out, rest);
    }

    @Override
    public void close() {
        bodies.close();
    }

    private void parse() {
        bodyEnd = cursor.position() + cursor.remaining();
        cursor.readByte(); // attributes: no bit of them has a meaning yet
        long timestampDelta = cursor.readVarlong();
        timestamp = logAppendTime ? maxTimestamp : baseTimestamp + timestampDelta;
        offsetAt = cursor.position();
        offsetDelta = cursor.readVarint();
        keySize = cursor.readVarint();
        keyAt = cursor.position();
        skipNullable(keySize);
        valueSize = cursor.readVarint();
        valueAt = cursor.position();
        skipNullable(valueSize);
        headerCount = cursor.readVarint();
        headersAt = cursor.position();
        skipHeaders();
        if (cursor.remaining() != 0) {
            throw new InvalidRecordsException(cursor.remaining() + " bytes are left inside record " + read);
        }
    }

    private void skipHeaders() {
        if (headerCount < 0 || headerCount > cursor.remaining() / SMALLEST_HEADER) {
            throw new InvalidRecordsException(
                    headerCount + " headers in the last " + cursor.remaining() + " bytes of record " + read);
        }
        for (int i = 0; i < headerCount; i++) {
            cursor.skip(cursor.readVarint());
            skipNullable(cursor.readVarint());
        }
    }

    private void skipNullable(int size) {
        if (size != NULL) {
            cursor.skip(size);
        }
    }

    private @Nullable ByteBuf slice(int at, int size) {
        return size == NULL ? null : bodies.buffer().slice(at, size);
    }
}
