package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
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
    private final PastCache pastCache;
    private final ReadAdvice readAdvice;
    /** Past the page cache; opened by the first write of blocks, null where the file system has no such writes. */
    private @Nullable FileChannel direct;
    /** The same, and each write is durable when it returns. */
    private @Nullable FileChannel durable;

    private boolean refusesDirect;
    /** Whether a write went past the page cache: from then on the file system has no excuse. */
    private boolean hasWrittenDirect;

    OsStoreFile(Path path, FileChannel channel, PastCache pastCache) {
        this.path = path;
        this.channel = channel;
        this.pastCache = pastCache;
        this.readAdvice = new ReadAdvice(path);
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
    public void willRead(long position, int sizeBytes) {
        readAdvice.willNeed(position, sizeBytes);
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
        gather(channel, srcs, position);
    }

    @Override
    public void writeBlocks(ByteBuffer[] srcs, long position) throws IOException {
        if (direct == null) {
            direct = openDirect();
        }
        if (direct == null || !gatherDirect(direct, srcs, position)) {
            direct = null;
            gather(channel, srcs, position);
        }
    }

    @Override
    public void writeDurably(ByteBuffer[] srcs, long position) throws IOException {
        if (durable == null) {
            durable = openDirect(StandardOpenOption.DSYNC);
        }
        if (durable == null || !gatherDirect(durable, srcs, position)) {
            durable = null;
            gather(channel, srcs, position);
            sync();
        }
    }

    /** A single buffer goes by position, which saves a call to move there. */
    private static void gather(FileChannel target, ByteBuffer[] srcs, long position) throws IOException {
        long at = position;
        int first = 0;
        while (first < srcs.length) {
            if (!srcs[first].hasRemaining()) {
                first++;
            } else if (first == srcs.length - 1) {
                at += target.write(srcs[first], at);
            } else {
                target.position(at);
                at += target.write(srcs, first, srcs.length - first);
            }
        }
    }

    /**
     * Some file systems open a file for direct writes and refuse the first of them. Only that counts as "not here", and only
     * with the error that says so: whatever else fails, or fails later, is a disk that failed.
     *
     * @return false when nothing was written, and the channel is closed
     */
    private boolean gatherDirect(FileChannel target, ByteBuffer[] srcs, long position) throws IOException {
        long size = hasWrittenDirect ? 0 : remaining(srcs);
        try {
            gather(target, srcs, position);
        } catch (IOException e) {
            if (hasWrittenDirect || remaining(srcs) < size || !isInvalidArgument(e)) {
                throw e;
            }
            refusesDirect = true;
            pastCache.onRefused(path, e);
            closeQuietly(target);
            return false;
        }
        hasWrittenDirect = true;
        return true;
    }

    private static long remaining(ByteBuffer[] buffers) {
        long bytes = 0;
        for (ByteBuffer each : buffers) {
            bytes += each.remaining();
        }
        return bytes;
    }

    /**
     * NIO keeps the system's error number to itself, and its text depends on the language. So this asks for the text: no file has
     * bytes at the last position that a number can have, and every system refuses to look there.
     */
    private boolean isInvalidArgument(IOException e) {
        try {
            channel.read(ByteBuffer.allocate(1), Long.MAX_VALUE);
            return false;
        } catch (IOException invalidArgument) {
            return Objects.equals(e.getMessage(), invalidArgument.getMessage());
        }
    }

    private @Nullable FileChannel openDirect(OpenOption... more) {
        if (!refusesDirect) {
            try {
                FileChannel opened = pastCache.open(path, more);
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
        readAdvice.close();
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
