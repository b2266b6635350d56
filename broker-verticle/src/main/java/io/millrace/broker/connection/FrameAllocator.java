package io.millrace.broker.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Gives a socket the buffers to read into: within a large request the request's own, so that nobody has to copy its bytes
 * there. Owned by: the connection's event loop.
 */
final class FrameAllocator implements RecvByteBufAllocator {

    private final Connection connection;
    private final RecvByteBufAllocator usual;

    /** @param usual gives every other buffer, and says how long the socket is read in a row */
    FrameAllocator(Connection connection, RecvByteBufAllocator usual) {
        this.connection = connection;
        this.usual = usual;
    }

    @Override
    public ExtendedHandle newHandle() {
        return new PieceHandle((ExtendedHandle) usual.newHandle());
    }

    private final class PieceHandle extends DelegatingHandle implements ExtendedHandle {

        private final ExtendedHandle usualHandle;

        PieceHandle(ExtendedHandle usualHandle) {
            super(usualHandle);
            this.usualHandle = usualHandle;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            ByteBuf buffer = connection.bufferForBytes();
            return buffer == null ? usualHandle.allocate(allocator) : buffer;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return usualHandle.continueReading(maybeMoreData);
        }
    }
}
