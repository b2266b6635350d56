package io.millrace.client.serde;

import io.netty.buffer.ByteBuf;

/**
 * Turns values into bytes and back. A null key or value is null on the wire and never reaches a codec.
 *
 * <p>A codec may be shared by any number of producers and consumers and is called on their event loops: it keeps no state,
 * does not block, and does not call them back. {@link Codecs} has the usual ones.
 *
 * @param <T> what an application handles
 */
public interface Codec<T> {

    /**
     * Appends the bytes of the value. Writes behind the writer index only: what is before it belongs to others. Neither
     * keeps nor releases the buffer.
     *
     * @throws CodecException if the value has no such form; any other exception means the same. Nothing of the record is
     *     then sent, and its future fails with this cause.
     */
    void encode(T value, ByteBuf out);

    /**
     * Reads a value from the readable bytes, all of them. The buffer is valid during the call only: who keeps bytes copies
     * them.
     *
     * @throws CodecException if the bytes are no such value; any other exception means the same
     */
    T decode(ByteBuf in);
}
