package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One record of a batch. Key and value that come from a {@link RecordReader} are slices: of the batch, and then valid as
 * long as it is, or of memory of their own if the batch was compressed. Nobody releases them.
 *
 * @param timestampMs the producer's time, or the append time of the whole batch if the log sets it
 */
@SuppressWarnings("JavaLangClash") // the word of the domain; nobody here extends java.lang.Record
public record Record(
        long offset,
        long timestampMs,
        @Nullable ByteBuf key,
        @Nullable ByteBuf value,
        List<Header> headers) {
    public Record {
        headers = List.copyOf(headers);
    }

    /** Bytes of a field with its length in front. */
    static int sizeOf(@Nullable ByteBuf field) {
        return field == null ? Varints.sizeOf(-1) : Varints.sizeOf(field.readableBytes()) + field.readableBytes();
    }
}
