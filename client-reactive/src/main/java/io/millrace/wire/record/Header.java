package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A header of a record. The value's bytes belong to whoever made the header. */
public record Header(String key, @Nullable ByteBuf value) {
    int sizeBytes() {
        int keyBytes = key.getBytes(StandardCharsets.UTF_8).length;
        return Varints.sizeOf(keyBytes) + keyBytes + Record.sizeOf(value);
    }
}
