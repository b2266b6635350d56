package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Small files that are read, or replaced, as a whole: after a crash there is the old content or the new one. Any thread. */
public final class SmallFiles {

    /** No checkpoint and no snapshot is this large: a file that is, is not ours. */
    private static final int SIZE_MAX = 256 << 20;

    /** Ends the name of a file that is not whole yet. Recovery removes it. */
    public static final String TEMPORARY = ".tmp";

    private SmallFiles() {}

    public static List<String> readLines(FileStore store, Path path) throws IOException {
        ByteBuffer bytes = readAll(store, path);
        return StandardCharsets.UTF_8.decode(bytes).toString().lines().toList();
    }

    /** The whole content of a small file of any kind. */
    static ByteBuffer readAll(FileStore store, Path path) throws IOException {
        long size = store.size(path);
        if (size > SIZE_MAX) {
            throw new IOException(path + " has " + size + " bytes, more than " + SIZE_MAX);
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size);
        try (StoreFile file = store.open(path)) {
            int read = 0;
            while (bytes.hasRemaining() && read >= 0) {
                read = file.read(bytes, bytes.position());
            }
        }
        return bytes.flip();
    }

    /** Durable when it returns, name included. */
    public static void replace(FileStore store, Path path, String content) throws IOException {
        Path directory = path.getParent();
        if (directory == null) {
            throw new IllegalArgumentException(path + " names no directory");
        }
        Path temporary = path.resolveSibling(path.getFileName() + TEMPORARY);
        store.delete(temporary);
        try (StoreFile file = store.create(temporary)) {
            file.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)), 0);
            file.syncAll();
        }
        store.move(temporary, path);
        store.syncDirectory(directory);
    }
}
