package io.millrace.cluster.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The few file operations that the metadata log needs, in one flat directory. A seam: tests run the log on a disk that
 * loses what was not synced. Used by the log's thread only.
 */
public interface MetadataStore extends Closeable {
    /** The names of the files, sorted. */
    List<String> list() throws IOException;

    /** The whole content of a file. */
    byte[] read(String name) throws IOException;

    /** Writes all of {@code bytes} at {@code position}, creating the file if there is none. Not durable before a sync. */
    void write(String name, long position, ByteBuffer bytes) throws IOException;

    /** Cuts the file to {@code size} bytes. Not durable before a sync. */
    void truncate(String name, long size) throws IOException;

    /** Makes the file's content durable; once this failed, the file's state is unknown and the log gives up. */
    void sync(String name) throws IOException;

    /** Replaces {@code to} by {@code from} in one step. Not durable before the directory's sync. */
    void rename(String from, String to) throws IOException;

    /** Removes a file. Not durable before the directory's sync. */
    void delete(String name) throws IOException;

    /** Makes created, renamed and removed names durable. */
    void syncDirectory() throws IOException;

    /** Where a file is, for messages to an operator. */
    String describe(String name);
}
