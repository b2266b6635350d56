package io.millrace.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;

/** UUIDs as Kafka uses them. */
public final class Uuids {

    /** Stands for "no id". */
    public static final UUID ZERO = new UUID(0, 0);

    private static final int SIZE_BYTES = 16;

    private Uuids() {}

    /** Kafka's text form: URL-safe base64 without padding, 22 characters. */
    public static String toBase64(UUID id) {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE_BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** @throws IllegalArgumentException if the text is not what {@link #toBase64} writes */
    public static UUID fromBase64(String text) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
        if (bytes.remaining() != SIZE_BYTES) {
            throw new IllegalArgumentException("'" + text + "' decodes to " + bytes.remaining() + " bytes, not to 16");
        }
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    static UUID read(ByteBuf in) {
        long high = in.readLong();
        long low = in.readLong();
        return high == 0 && low == 0 ? ZERO : new UUID(high, low);
    }
}
