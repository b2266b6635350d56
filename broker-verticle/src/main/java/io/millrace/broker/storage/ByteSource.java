package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Bytes that can be read at explicit positions, from any thread. */
public interface ByteSource {

    /** The file that the bytes belong to. */
    Path path();

    /**
     * Reads into the remaining space of a buffer.
     *
     * @return bytes read, possibly fewer than asked, or -1 at or past the end
     */
    int read(ByteBuffer dst, long position) throws IOException;
}
