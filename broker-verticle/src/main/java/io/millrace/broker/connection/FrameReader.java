package io.millrace.broker.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the byte stream of one connection into requests: a length of four bytes, then so many bytes. Owned by: the
 * connection's event loop.
 *
 * <p>A request that lies whole in the bytes just read is a slice of them. One that does not gets a buffer of its exact
 * size, once its length has passed the limit and its bytes were reserved from the memory budget. If it is large, the socket
 * writes the rest of it there, see {@link #rest}.
 */
final class FrameReader {

    private static final int LENGTH_BYTES = 4;

    /** API key, version and correlation id: no request is shorter. */
    private static final int HEADER_BYTES_MIN = 8;

    /** From here on it is cheaper to read a request by itself than to copy what was read together with others. */
    private static final int LARGE_BYTES = 32 << 10;

    /** Read at a time: others of the event loop wait meanwhile. */
    private static final int PIECE_BYTES_MAX = 256 << 10;

    private final int frameBytesMax;
    private final MemoryBudget memory;
    private final ByteBufAllocator allocator;

    /** The bytes of the length read so far, and how many they are. */
    private int length;

    private int lengthBytes;
    private boolean reserved;
    private boolean waitsForMemory;
    private boolean lastWasLarge;
    private @Nullable ByteBuf partial;

    /** The part of {@link #partial} that the socket was given to fill. */
    private @Nullable ByteBuf offered;

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
    @SuppressWarnings("ReferenceEquality") // whether it is the buffer that was given out, whatever it holds
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
        if (in == offered) {
            partial.writerIndex(partial.writerIndex() + in.readableBytes());
            in.skipBytes(in.readableBytes());
        } else {
            partial.writeBytes(in, Math.min(in.readableBytes(), partial.writableBytes()));
        }
        if (partial.isWritable()) {
            return null;
        }
        ByteBuf whole = partial;
        reset();
        return whole;
    }

    /**
     * Where the bytes that the socket has next belong, if that is within a large request. All that it delivered before must
     * have been through {@link #next}, and what it writes there goes through it too.
     *
     * @return owned by the caller; null where any buffer will do
     */
    @Nullable
    ByteBuf rest() {
        if (partial == null || length < LARGE_BYTES) {
            return null;
        }
        int size = Math.min(partial.writableBytes(), PIECE_BYTES_MAX);
        offered = partial.retainedSlice(partial.writerIndex(), size).clear();
        return offered;
    }

    /** Whether what comes next is likely to begin a large request: the less of it is read, the less has to be copied. */
    boolean expectsLarge() {
        return lastWasLarge && lengthBytes == 0;
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
        lastWasLarge = length >= LARGE_BYTES;
        partial = null;
        offered = null;
        reserved = false;
        length = 0;
        lengthBytes = 0;
    }
}
