package io.millrace.broker.storage.segment;

import io.millrace.broker.storage.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The bytes of a segment for one who reads them from front to back, from memory where they are held there, else from the file.
 * Owned by whoever reads.
 */
final class SegmentBytes implements ByteSource {

    /** Looks for bytes that leave the memory while we look for them; each time they are in the file by then. */
    private static final int LOOKS_MAX = 100;

    /** To fetch one header and what follows takes the disk no longer than to fetch one. */
    private static final int AHEAD_BYTES_MIN = 64 << 10;

    private final OpenFile open;
    private final SegmentTail tail;
    private long saidTo;

    SegmentBytes(OpenFile open, SegmentTail tail) {
        this.open = open;
        this.tail = tail;
    }

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
            sayWhatFollows(position, dst.remaining(), position + inFile);
            return open.file().read(dst, position);
        } finally {
            dst.limit(limit);
        }
    }

    /** The disk works on the next window while the reader looks at this one. */
    private void sayWhatFollows(long position, int windowBytes, long end) {
        long from = Math.max(position, saidTo);
        if (from < Math.min(position + 2L * windowBytes, end)) {
            saidTo = Math.min(position + Math.max(2L * windowBytes, AHEAD_BYTES_MIN), end);
            open.file().willRead(from, (int) (saidTo - from));
        }
    }
}
