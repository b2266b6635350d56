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
public interface StoreFile extends Closeable {

    /** The name that this file was opened by; a rename does not change it. */
    Path path();

    /** Current size in bytes. */
    long size() throws IOException;

    /**
     * Reads into the remaining space of a buffer.
     *
     * @return bytes read, possibly fewer than asked, or -1 at or past the end of the file
     */
    int read(ByteBuffer dst, long position) throws IOException;

    /** Writes all remaining bytes at a position, growing the file where needed. After a failure some may be written. */
    void write(ByteBuffer src, long position) throws IOException;

    /** Writes all remaining bytes of all buffers, one after the other, as one operation where the system can. */
    void write(ByteBuffer[] srcs, long position) throws IOException;

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
