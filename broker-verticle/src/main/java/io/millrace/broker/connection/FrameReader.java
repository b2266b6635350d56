package io.millrace.broker.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the byte stream of one connection into requests: a length of four bytes, then so many bytes. Owned by: the
 * connection's event loop.
 *
 * <p>A request that lies whole in the bytes just read is a slice of them. One that does not gets a buffer of its exact
 * size, once its length has passed the limit and its bytes were reserved from the memory budget.
 */
final class FrameReader {

    private static final int LENGTH_BYTES = 4;

    /** API key, version and correlation id: no request is shorter. */
    private static final int HEADER_BYTES_MIN = 8;

    private final int frameBytesMax;
    private final MemoryBudget memory;
    private final ByteBufAllocator allocator;

    /** The bytes of the length read so far, and how many they are. */
    private int length;

    private int lengthBytes;
    private boolean reserved;
    private boolean waitsForMemory;
    private @Nullable ByteBuf partial;

    /** @param frameBytesMax longest request accepted, without its length field */
    FrameReader(int frameBytesMax, MemoryBudget memory, ByteBufAllocator allocator) {
        this.frameBytesMax = frameBytesMax;
        this.memory = memory;
        this.allocator = allocator;
    }

    /**
     * Consumes bytes up to the end of the next request.
     *
     * @param in what the socket delivered; its reader index moves
     * @return the request, owned by the caller together with its reservation; null if {@code in} is used up or
     *     {@link #waitsForMemory()}
     * @throws FrameException if the length is negative, too short for a header or over the limit
     */
    @Nullable
    ByteBuf next(ByteBuf in) {
        waitsForMemory = false;
        if (!readLength(in) || !reserve()) {
            return null;
        }
        if (partial == null) {
            if (in.readableBytes() >= length) {
                ByteBuf whole = in.readRetainedSlice(length);
                reset();
                return whole;
            }
            partial = allocator.directBuffer(length, length);
        }
        partial.writeBytes(in, Math.min(in.readableBytes(), partial.writableBytes()));
        if (partial.isWritable()) {
            return null;
        }
        ByteBuf whole = partial;
        reset();
        return whole;
    }

    /** Whether the last {@link #next} stopped because the memory budget is spent. */
    boolean waitsForMemory() {
        return waitsForMemory;
    }

    /** Whether a request has begun and not ended. */
    boolean isInsideFrame() {
        return lengthBytes > 0;
    }

    /** Bytes of the request that has begun, or 0 while its length is not known. */
    int frameBytes() {
        return lengthBytes == LENGTH_BYTES ? length : 0;
    }

    /** Gives up a request that has begun. */
    void close() {
        if (partial != null) {
            partial.release();
        }
        if (reserved) {
            memory.release(length);
        }
        reset();
    }

    private boolean readLength(ByteBuf in) {
        if (lengthBytes == LENGTH_BYTES) {
            return true;
        }
        if (lengthBytes == 0 && in.readableBytes() >= LENGTH_BYTES) {
            length = in.readInt();
            lengthBytes = LENGTH_BYTES;
        } else {
            while (lengthBytes < LENGTH_BYTES && in.isReadable()) {
                length = length << 8 | in.readUnsignedByte();
                lengthBytes++;
            }
        }
        if (lengthBytes < LENGTH_BYTES) {
            return false;
        }
        if (length < HEADER_BYTES_MIN || length > frameBytesMax) {
            int bad = length;
            reset();
            throw new FrameException(
                    "request of " + bad + " bytes: " + HEADER_BYTES_MIN + " to " + frameBytesMax + " are accepted");
        }
        return true;
    }

    private boolean reserve() {
        if (!reserved) {
            reserved = memory.tryReserve(length);
            waitsForMemory = !reserved;
        }
        return reserved;
    }

    private void reset() {
        partial = null;
        reserved = false;
        length = 0;
        lengthBytes = 0;
    }
}
