package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A file of the machine behind one channel. */
final class OsStoreFile implements StoreFile {

    /** Zeros for preallocation, in pieces of this size. */
    private static final int ZEROS_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;

    OsStoreFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
        return channel.read(dst, position);
    }

    @Override
    public void write(ByteBuffer src, long position) throws IOException {
        long at = position;
        while (src.hasRemaining()) {
            at += channel.write(src, at);
        }
    }

    /**
     * Gathers through the channel's own position, since NIO has no positional gathering write. Only the one writing thread
     * moves that position; reads are positional and do not see it.
     */
    @Override
    public void write(ByteBuffer[] srcs, long position) throws IOException {
        if (srcs.length == 1) {
            write(srcs[0], position);
            return;
        }
        if (channel.position() != position) {
            channel.position(position);
        }
        int first = 0;
        while (first < srcs.length) {
            if (srcs[first].hasRemaining()) {
                channel.write(srcs, first, srcs.length - first);
            } else {
                first++;
            }
        }
    }

    @Override
    public void sync() throws IOException {
        channel.force(false);
    }

    @Override
    public void syncAll() throws IOException {
        channel.force(true);
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void preallocate(long size) throws IOException {
        long at = channel.size();
        if (at >= size) {
            return;
        }
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS_BYTES, size - at));
        while (at < size) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
            at += channel.write(zeros, at);
        }
    }

    @Override
    public FileChannel channel() {
        return channel;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
