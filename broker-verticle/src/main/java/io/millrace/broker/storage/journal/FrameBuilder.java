package io.millrace.broker.storage.journal;

import io.millrace.broker.storage.journal.JournalFormat.FrameHeader;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Collects entries and writes them as one frame with one gathering write. Owned by: commit thread. Headers and small bodies
 * are copied into an arena, which costs less than handing the kernel thousands of tiny buffers; large bodies are not copied.
 */
final class FrameBuilder {

    /** Bodies up to this size are copied. Measured nowhere near sensitive: a memcpy of 4 KB is about 100 ns. */
    private static final int COPY_BYTES_MAX = 4096;

    private static final int ARENA_BYTES = 512 << 10;

    private static final byte[] ZEROS = new byte[JournalFormat.BLOCK_BYTES];

    private final ByteBuffer arena = ByteBuffer.allocateDirect(ARENA_BYTES);
    private final List<ByteBuffer> parts = new ArrayList<>();
    private final CRC32C bodyCrc = new CRC32C();
    private int frameBytes;
    private int entryCount;
    private int sliceStart;

    boolean isEmpty() {
        return entryCount == 0;
    }

    /** Whether the arena can take one more entry of this size, with the padding that ends a frame. */
    boolean hasArenaFor(int bodyBytes) {
        int copied = bodyBytes <= COPY_BYTES_MAX ? bodyBytes : 0;
        return arena.remaining()
                >= JournalFormat.FRAME_HEADER_BYTES
                        + JournalFormat.ENTRY_HEADER_BYTES
                        + copied
                        + JournalFormat.BLOCK_BYTES;
    }

    /** Bytes on disk of this frame if one more entry came in. */
    int paddedBytesWith(int bodyBytes) {
        int start = isEmpty() ? JournalFormat.FRAME_HEADER_BYTES : frameBytes;
        return JournalFormat.alignUp(start + JournalFormat.ENTRY_HEADER_BYTES + bodyBytes);
    }

    void add(JournalFile file, JournalEntry entry) {
        if (isEmpty()) {
            arena.clear();
            sliceStart = 0;
            arena.position(JournalFormat.FRAME_HEADER_BYTES);
            frameBytes = JournalFormat.FRAME_HEADER_BYTES;
        }
        int bodyBytes = entry.body().readableBytes();
        putEntryHeader(file, entry, bodyBytes);
        putBody(entry.body(), bodyBytes);
        frameBytes += JournalFormat.ENTRY_HEADER_BYTES + bodyBytes;
        entryCount++;
    }

    private void putEntryHeader(JournalFile file, JournalEntry entry, int bodyBytes) {
        int at = arena.position();
        UUID topicId = entry.topicId();
        arena.putInt(at + 4, entry.type().code())
                .putLong(at + 8, JournalFormat.binding(file.salt(), file.nextFrame()))
                .putLong(at + 16, topicId.getMostSignificantBits())
                .putLong(at + 24, topicId.getLeastSignificantBits())
                .putInt(at + 32, entry.partition())
                .putInt(at + 36, entry.leaderEpoch())
                .putLong(at + 40, entry.offset())
                .putInt(at + 48, bodyBytes)
                .putInt(at + 52, crcOf(entry.body()));
        arena.putInt(at, JournalFormat.crc(arena, at + 4, JournalFormat.ENTRY_HEADER_BYTES - 4));
        arena.position(at + JournalFormat.ENTRY_HEADER_BYTES);
    }

    private int crcOf(ByteBuf body) {
        bodyCrc.reset();
        if (body.nioBufferCount() == 1) {
            bodyCrc.update(body.nioBuffer());
        } else {
            for (ByteBuffer part : body.nioBuffers()) {
                bodyCrc.update(part);
            }
        }
        return (int) bodyCrc.getValue();
    }

    private void putBody(ByteBuf body, int bodyBytes) {
        if (bodyBytes <= COPY_BYTES_MAX) {
            ByteBuffer target = arena.slice(arena.position(), bodyBytes);
            body.getBytes(body.readerIndex(), target);
            arena.position(arena.position() + bodyBytes);
            return;
        }
        closeSlice();
        if (body.nioBufferCount() == 1) {
            parts.add(body.nioBuffer());
        } else {
            parts.addAll(List.of(body.nioBuffers()));
        }
    }

    private void closeSlice() {
        if (arena.position() > sliceStart) {
            parts.add(arena.slice(sliceStart, arena.position() - sliceStart));
            sliceStart = arena.position();
        }
    }

    /** Writes the frame behind the last one, with the file's header in front when it is the first, and empties the builder. */
    void writeTo(JournalFile file) throws IOException {
        int paddedBytes = JournalFormat.alignUp(frameBytes);
        putZeros(paddedBytes - frameBytes);
        closeSlice();
        JournalFormat.putFrameHeader(
                arena, 0, file, new FrameHeader(file.nextFrame(), entryCount, frameBytes, file.syncs()));
        long at = file.position();
        if (file.nextFrame() == 0) {
            parts.add(0, file.headerBlock());
            at = 0;
        }
        try {
            file.file().write(parts.toArray(ByteBuffer[]::new), at);
        } finally {
            clear();
        }
        file.onFrameWritten(paddedBytes);
    }

    void clear() {
        parts.clear();
        entryCount = 0;
        frameBytes = 0;
    }

    /** In one copy: a frame of small entries has up to a block of padding, and there is one for every sync. */
    private void putZeros(int count) {
        arena.put(ZEROS, 0, count);
    }
}
