package io.millrace.broker.storage.segment;

import io.millrace.wire.StallingRegion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A slice of a segment on its way into a socket. It looks for its bytes when the socket takes them: those in memory are copied
 * there and then; those that a worker has just read go by {@code sendfile}, out of the page cache; for others it stalls. So a
 * slow client holds no memory, and nobody waits for the disk. Holds the file until it is released.
 */
final class SegmentRegion extends AbstractReferenceCounted implements StallingRegion {

    /** Read at a time. A slow client may have a part of it read again. */
    private static final int PIECE_BYTES = 256 << 10;

    private static final int WINDOW_BYTES = 64 << 10;

    /** For so long the page cache is trusted to keep what was read: many times longer than a client that keeps up needs. */
    private static final long TRUST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final OpenFile open;
    private final SegmentTail tail;
    private final FileChannel channel;
    private final int start;
    private final int sizeBytes;
    private final LongSupplier nanoClock;
    private int fetchedTo;
    private long fetchedNanos;
    private long transferred;
    private boolean stalled;

    /** @param fetchedTo position up to which the file was read just now */
    SegmentRegion(
            OpenFile open,
            SegmentTail tail,
            FileChannel channel,
            int start,
            int sizeBytes,
            int fetchedTo,
            LongSupplier nanoClock) {
        this.open = open;
        this.tail = tail;
        this.channel = channel;
        this.start = start;
        this.sizeBytes = sizeBytes;
        this.fetchedTo = fetchedTo;
        this.nanoClock = nanoClock;
        this.fetchedNanos = nanoClock.getAsLong();
    }

    @Override
    public long position() {
        return start;
    }

    @Override
    public long count() {
        return stalled ? transferred : sizeBytes;
    }

    @Override
    public long transferred() {
        return transferred;
    }

    @Override
    @Deprecated
    public long transfered() {
        return transferred;
    }

    @Override
    public boolean isStalled() {
        return stalled;
    }

    @Override
    public long transferTo(WritableByteChannel target, long position) throws IOException {
        int left = (int) (sizeBytes - position);
        if (left == 0 || stalled) {
            return 0;
        }
        int at = (int) (start + position);
        long sent = tail.transferTo(target, at, left);
        if (sent < 0) {
            sent = sendFetched(target, at, left);
        }
        transferred += sent;
        return sent;
    }

    private long sendFetched(WritableByteChannel target, int at, int left) throws IOException {
        int size = Math.min(left, fetchedTo - at);
        if (size <= 0 || nanoClock.getAsLong() - fetchedNanos > TRUST_NANOS) {
            stalled = true;
            return 0;
        }
        long sent = channel.transferTo(at, size, target);
        stalled = sent == size && size < left && !tail.holds(at + size);
        return sent;
    }

    /** Only into the page cache: the bytes go to the socket from there. */
    @Override
    public void fetch() throws IOException {
        int from = (int) (start + transferred);
        int to = Math.min(Math.min(from + PIECE_BYTES, start + sizeBytes), tail.written());
        if (to <= from) {
            throw new IOException(open.file().path() + " was given up before what is at " + from + " was written");
        }
        open.file().willRead(from, to - from);
        ByteBuf window = ByteBufAllocator.DEFAULT.directBuffer(WINDOW_BYTES);
        try {
            int at = from;
            while (at < to) {
                int count = open.file().read(window.internalNioBuffer(0, Math.min(WINDOW_BYTES, to - at)), at);
                if (count <= 0) {
                    throw new IOException(open.file().path() + " ends within a slice that was published");
                }
                at += count;
            }
        } finally {
            window.release();
        }
        fetchedTo = to;
        fetchedNanos = nanoClock.getAsLong();
        stalled = false;
    }

    @Override
    protected void deallocate() {
        open.releaseSoon();
    }

    @Override
    public FileRegion retain() {
        super.retain();
        return this;
    }

    @Override
    public FileRegion retain(int increment) {
        super.retain(increment);
        return this;
    }

    @Override
    public FileRegion touch() {
        return this;
    }

    @Override
    public FileRegion touch(Object hint) {
        return this;
    }
}
