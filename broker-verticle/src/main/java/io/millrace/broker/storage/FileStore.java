package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The file system as storage sees it: the seam behind which tests lose power, tear writes and fill the disk.
 *
 * <p>Creation, deletion and renaming of names survive a power loss only after {@link #syncDirectory} of their parent.
 * Every method may be called from any thread. A failure is an {@link IOException}, and is never retried by the store.
 */
public interface FileStore {

    /** Opens an existing file for reading and writing. Fails when it is missing. */
    StoreFile open(Path path) throws IOException;

    /** Creates an empty file and opens it. Fails when the name is taken. */
    StoreFile create(Path path) throws IOException;

    /** Whether a file or directory of this name exists. */
    boolean exists(Path path) throws IOException;

    /** Names (not paths) of the entries of a directory, sorted. Fails when it is not a directory. */
    List<String> list(Path directory) throws IOException;

    /** Size in bytes of a file that need not be open. */
    long size(Path path) throws IOException;

    /** Creates a directory and those above it; does nothing when it exists. */
    void createDirectories(Path directory) throws IOException;

    /** Deletes a file or an empty directory; does nothing when it is missing. */
    void delete(Path path) throws IOException;

    /** Deletes a directory with all it contains; does nothing when it is missing. */
    void deleteTree(Path directory) throws IOException;

    /** Renames atomically, replacing a file of the new name. Files that are open stay open. */
    void move(Path from, Path to) throws IOException;

    /** Makes the names in a directory durable. */
    void syncDirectory(Path directory) throws IOException;

    /** Bytes that the volume of this path can still take. */
    long usableBytes(Path path) throws IOException;

    /** Size in bytes of the volume of this path. */
    long totalBytes(Path path) throws IOException;
}
