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
 * Collects entries and writes them as one frame. Owned by: commit thread. Headers and bodies are copied into an arena, which
 * goes to the disk in one piece; only very large bodies are not copied, and then the page cache has to gather the frame.
 */
final class FrameBuilder {

    /** Bodies up to this size are copied, which takes 60 us for 1 MB. */
    private static final int COPY_BYTES_MAX = 128 << 10;

    private static final int ARENA_BYTES = 1 << 20;

    private static final byte[] ZEROS = new byte[JournalFormat.BLOCK_BYTES];

    private final ByteBuffer arena = JournalFormat.allocateBlocks(ARENA_BYTES);
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
        write(file, false);
    }

    /** Whether the frame can go to the disk in one piece. */
    boolean isInOnePiece() {
        return parts.isEmpty();
    }

    /** The same for a frame in one piece, which is durable on return. */
    void writeDurablyTo(JournalFile file) throws IOException {
        write(file, true);
    }

    private void write(JournalFile file, boolean durably) throws IOException {
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
        ByteBuffer[] all = parts.toArray(ByteBuffer[]::new);
        try {
            if (durably) {
                file.file().writeDurably(all, at);
            } else {
                file.file().write(all, at);
            }
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
