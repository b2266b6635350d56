package io.millrace.broker.storage.segment;

import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A slice of a segment on its way into a socket. It looks for its bytes when the socket takes them: those in memory are copied
 * there and then, others go by {@code sendfile}. So a slow client holds no memory. Holds the file until it is released.
 */
final class SegmentRegion extends AbstractReferenceCounted implements FileRegion {

    private final OpenFile open;
    private final SegmentTail tail;
    private final FileChannel channel;
    private final int start;
    private final int sizeBytes;
    private long transferred;

    SegmentRegion(OpenFile open, SegmentTail tail, FileChannel channel, int start, int sizeBytes) {
        this.open = open;
        this.tail = tail;
        this.channel = channel;
        this.start = start;
        this.sizeBytes = sizeBytes;
    }

    @Override
    public long position() {
        return start;
    }

    @Override
    public long count() {
        return sizeBytes;
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
    public long transferTo(WritableByteChannel target, long position) throws IOException {
        int left = (int) (sizeBytes - position);
        if (left == 0) {
            return 0;
        }
        int at = (int) (start + position);
        long sent = tail.transferTo(target, at, left);
        if (sent < 0) {
            int inFile = Math.min(left, tail.written() - at);
            sent = inFile > 0 ? channel.transferTo(at, inFile, target) : 0;
            if (sent == 0 && channel.size() <= at) {
                throw new IOException(open.file().path() + " ends within a slice that was published");
            }
        }
        transferred += sent;
        return sent;
    }

    @Override
    protected void deallocate() {
        open.release();
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
