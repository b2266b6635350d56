package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file of the machine behind one channel. */
final class OsStoreFile implements StoreFile {

    /** Zeros for preallocation, in pieces of this size. */
    private static final int ZEROS_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(OsStoreFile.class);

    private final Path path;
    private final FileChannel channel;
    /** Past the page cache; opened by the first write of blocks, null where the file system has no such writes. */
    private @Nullable FileChannel direct;
    /** The same, and each write is durable when it returns. */
    private @Nullable FileChannel durable;

    private boolean refusesDirect;

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
        } else {
            gather(channel, srcs, position);
        }
    }

    @Override
    public void writeBlocks(ByteBuffer[] srcs, long position) throws IOException {
        if (direct == null) {
            direct = openDirect();
        }
        gather(direct == null ? channel : direct, srcs, position);
    }

    @Override
    public void writeDurably(ByteBuffer[] srcs, long position) throws IOException {
        if (durable == null) {
            durable = openDirect(StandardOpenOption.DSYNC);
        }
        if (durable == null) {
            write(srcs, position);
            sync();
        } else {
            gather(durable, srcs, position);
        }
    }

    private static void gather(FileChannel target, ByteBuffer[] srcs, long position) throws IOException {
        if (target.position() != position) {
            target.position(position);
        }
        int first = 0;
        while (first < srcs.length) {
            if (srcs[first].hasRemaining()) {
                target.write(srcs, first, srcs.length - first);
            } else {
                first++;
            }
        }
    }

    private @Nullable FileChannel openDirect(OpenOption... more) {
        if (!refusesDirect) {
            try {
                FileChannel opened = OsFileStore.openPastCache(path, more);
                refusesDirect = opened == null;
                return opened;
            } catch (IOException | UnsupportedOperationException e) {
                refusesDirect = true;
                LOG.debug("{} is written through the page cache: {}", path, e.toString());
            }
        }
        return null;
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
        closeQuietly(direct);
        closeQuietly(durable);
        channel.close();
    }

    /** Whatever it wrote has been synced or given up by now. */
    private void closeQuietly(@Nullable FileChannel second) {
        if (second != null) {
            try {
                second.close();
            } catch (IOException e) {
                LOG.warn("could not close {}", path, e);
            }
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
