package io.millrace.broker.storage.segment;

import io.millrace.broker.storage.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The bytes of a segment, from memory where they are held there, else from the file. Any thread. */
record SegmentBytes(OpenFile open, SegmentTail tail) implements ByteSource {

    /** Looks for bytes that leave the memory while we look for them; each time they are in the file by then. */
    private static final int LOOKS_MAX = 100;

    @Override
    public Path path() {
        return open.file().path();
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
        for (int look = 0; look < LOOKS_MAX; look++) {
            int held = tail.read(dst, (int) position);
            if (held > 0 || !dst.hasRemaining()) {
                return held;
            }
            long inFile = tail.written() - position;
            if (inFile > 0) {
                return readFile(dst, position, inFile);
            }
        }
        return -1;
    }

    private int readFile(ByteBuffer dst, long position, long inFile) throws IOException {
        int limit = dst.limit();
        dst.limit((int) Math.min(limit, dst.position() + inFile));
        try {
            return open.file().read(dst, position);
        } finally {
            dst.limit(limit);
        }
    }
}
