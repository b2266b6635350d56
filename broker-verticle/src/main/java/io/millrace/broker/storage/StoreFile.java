package io.millrace.broker.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One open file, read and written at explicit positions. One thread writes; any thread may read what was written before.
 *
 * <p>Written bytes survive a process kill at once, and a power loss only after {@link #sync}. A failed {@code sync} must
 * not be repeated: the kernel may have dropped the pages, so a second call that succeeds proves nothing.
 */
public interface StoreFile extends ByteSource, Closeable {

    /** What {@link #writeBlocks} counts in: a page of memory, and no less than a block of common file systems. */
    int BLOCK_BYTES = 4096;

    /** The name that this file was opened by; a rename does not change it. */
    @Override
    Path path();

    /** Current size in bytes. */
    long size() throws IOException;

    /**
     * Says which bytes are going to be read, so that the system fetches them at once and no others beside. Waits for nothing,
     * and may do nothing.
     */
    default void willRead(long position, int sizeBytes) {}

    /** Writes all remaining bytes at a position, growing the file where needed. After a failure some may be written. */
    void write(ByteBuffer src, long position) throws IOException;

    /** Writes all remaining bytes of all buffers, one after the other, as one operation where the system can. */
    void write(ByteBuffer[] srcs, long position) throws IOException;

    /**
     * The same, past the page cache where the system can: for bytes that are not going to be read from the file soon.
     * Position, and address and length of every buffer, are multiples of {@link #BLOCK_BYTES}.
     */
    void writeBlocks(ByteBuffer[] srcs, long position) throws IOException;

    /**
     * The same, and the bytes are durable on return: for preallocated files. Cheaper than a write and a {@link #sync}, and
     * like that not to be repeated after a failure. Says nothing of what was written before.
     */
    void writeDurably(ByteBuffer[] srcs, long position) throws IOException;

    /** Makes data, and the size where it changed, durable ({@code fdatasync}). */
    void sync() throws IOException;

    /** Makes data and all metadata durable ({@code fsync}). */
    void syncAll() throws IOException;

    /** Cuts the file to a size; does nothing when it is shorter. */
    void truncate(long size) throws IOException;

    /** Grows the file to at least this size with zeros that are really on the disk, so that later writes only sync data. */
    void preallocate(long size) throws IOException;

    /** The channel for {@code sendfile}, or null when the file lives in a simulation. */
    @Nullable
    FileChannel channel();
}
