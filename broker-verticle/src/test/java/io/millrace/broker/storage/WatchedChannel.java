package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.function.Predicate;

/** A channel to a real file, with somebody who is told of every call that changes something, and may let it fail. */
class WatchedChannel extends FileChannel {

    /** Told before a call. What it throws, the caller gets. */
    @FunctionalInterface
    interface Watcher {
        void before(String method) throws IOException;
    }

    private final FileChannel real;
    private final Watcher watcher;
    private final Predicate<ByteBuffer[]> writesOne;

    WatchedChannel(FileChannel real, Watcher watcher) {
        this(real, watcher, srcs -> false);
    }

    /** @param writesOne whether a gathering write takes one buffer only */
    WatchedChannel(FileChannel real, Watcher watcher, Predicate<ByteBuffer[]> writesOne) {
        this.real = real;
        this.watcher = watcher;
        this.writesOne = writesOne;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        watcher.before("write");
        return real.write(src);
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        watcher.before("write");
        return real.write(srcs, offset, writesOne.test(srcs) ? 1 : length);
    }

    @Override
    public int write(ByteBuffer src, long position) throws IOException {
        watcher.before("write");
        return real.write(src, position);
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        watcher.before("position");
        real.position(newPosition);
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        watcher.before("force");
        real.force(metaData);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        watcher.before("close");
        real.close();
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        return real.read(dst);
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        return real.read(dsts, offset, length);
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
        return real.read(dst, position);
    }

    @Override
    public long position() throws IOException {
        return real.position();
    }

    @Override
    public long size() throws IOException {
        return real.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        real.truncate(size);
        return this;
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return real.transferTo(position, count, target);
    }

    @Override
    public long transferFrom(ReadableByteChannel src, long position, long count) throws IOException {
        return real.transferFrom(src, position, count);
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        return real.map(mode, position, size);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return real.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return real.tryLock(position, size, shared);
    }
}
