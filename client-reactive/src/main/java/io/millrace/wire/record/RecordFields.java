package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Key, value and headers of one record, encoded one behind the other into memory that the next record uses again: so a record
 * becomes bytes, and gets into a batch, without an object of its own.
 *
 * <pre>
 * fields.clear();
 * keys.encode(key, fields.bytes());
 * fields.endKey();
 * values.encode(value, fields.bytes());
 * fields.endValue();
 * fields.header("trace", id);
 * builder.append(timestampMs, fields);
 * </pre>
 *
 * A field that was not ended is null. Not thread safe.
 */
public final class RecordFields {
    private static final int INITIAL_CAPACITY = 1024;

    /** One record that was huge does not keep its memory for ever. */
    private static final int KEPT_CAPACITY_MAX = 1024 * 1024;

    private static final int NULL = -1;

    private ByteBuf bytes = Unpooled.buffer(INITIAL_CAPACITY);
    private int keySize;
    private int valueSize;
    private int headersAt;
    private int headerCount;

    public RecordFields() {
        clear();
    }

    /** Forgets the record. */
    public void clear() {
        if (bytes.capacity() > KEPT_CAPACITY_MAX) {
            bytes = Unpooled.buffer(INITIAL_CAPACITY);
        }
        bytes.clear();
        keySize = NULL;
        valueSize = NULL;
        headersAt = 0;
        headerCount = 0;
    }

    /** Where the next field goes: behind the writer index. */
    public ByteBuf bytes() {
        return bytes;
    }

    /** What was written is the key. */
    public void endKey() {
        keySize = end(0);
    }

    /** What was written since is the value. */
    public void endValue() {
        valueSize = end(Math.max(0, keySize));
    }

    /** Adds a header, behind key and value. */
    public void header(String name, byte @Nullable [] value) {
        Varints.write(bytes, ByteBufUtil.utf8Bytes(name));
        ByteBufUtil.writeUtf8(bytes, name);
        if (value == null) {
            Varints.write(bytes, NULL);
        } else {
            Varints.write(bytes, value.length);
            bytes.writeBytes(value);
        }
        headerCount++;
    }

    public boolean hasKey() {
        return keySize != NULL;
    }

    /** Bytes of the key, which lies at the beginning of {@link #bytes}; -1 if there is none. */
    public int keySize() {
        return keySize;
    }

    /** How many bytes the record takes in a batch that is not compressed, at most: times and offsets may be anything. */
    public int sizeBytesMax() {
        return Varints.MAX_INT_BYTES + 1 + Varints.MAX_LONG_BYTES + Varints.MAX_INT_BYTES + sizeBytes();
    }

    /** Bytes behind attributes, time and offset. */
    int sizeBytes() {
        return Varints.sizeOf(keySize) + Varints.sizeOf(valueSize) + Varints.sizeOf(headerCount) + bytes.writerIndex();
    }

    void writeTo(OutputStream out) throws IOException {
        Varints.write(out, keySize);
        if (keySize > 0) {
            bytes.getBytes(0, out, keySize);
        }
        Varints.write(out, valueSize);
        if (valueSize > 0) {
            bytes.getBytes(Math.max(0, keySize), out, valueSize);
        }
        Varints.write(out, headerCount);
        if (headerCount > 0) {
            bytes.getBytes(headersAt, out, bytes.writerIndex() - headersAt);
        }
    }

    private int end(int from) {
        if (bytes.writerIndex() < from || bytes.readerIndex() != 0) {
            throw new IllegalStateException("a codec has moved an index of the buffer back, or its reader index");
        }
        headersAt = bytes.writerIndex();
        return headersAt - from;
    }
}
