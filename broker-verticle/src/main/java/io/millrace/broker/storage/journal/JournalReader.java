package io.millrace.broker.storage.journal;

import io.millrace.broker.storage.journal.JournalFormat.FrameHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads back the frames of one use of a journal file, skipping what is damaged.
 *
 * <p>Damage at the end is normal after a crash: those frames were being written, were never synced, and nobody was told of
 * them. Several frames may go out under one sync, so there may even be intact ones between them. Damage in front of a frame
 * of a later sync is different: those bytes were acknowledged and have rotted. What is intact is delivered in any case;
 * whoever replays it sees by the offsets whether something is missing.
 */
final class JournalReader {

    private final JournalFile file;
    private final ByteBuffer bytes;
    private final ReplayTarget target;
    private int lastFrame = -1;
    private int lastSync = -1;
    private boolean damaged;
    /** The latest sync that the damage may have been waiting for; -1 when all was intact so far, or is counted. */
    private int suspectSync = -1;

    private int entries;
    private int damagedInside;

    /** The buffer holds the whole file. */
    JournalReader(JournalFile file, ByteBuffer bytes, ReplayTarget target) {
        this.file = file;
        this.bytes = bytes;
        this.target = target;
    }

    /** Entries delivered. */
    int entries() {
        return entries;
    }

    /** Places of damage to bytes that were synced. */
    int damagedInside() {
        return damagedInside;
    }

    void read() throws IOException {
        int at = JournalFormat.BLOCK_BYTES;
        while (at + JournalFormat.BLOCK_BYTES <= bytes.limit()) {
            at += readFrame(at);
        }
    }

    /** Returns how far the next frame may be. */
    private int readFrame(int at) throws IOException {
        if (!JournalFormat.isFrameHeader(bytes, at, file)) {
            damaged = true;
            return JournalFormat.BLOCK_BYTES;
        }
        FrameHeader header = JournalFormat.frameHeader(bytes, at);
        if (header.number() <= lastFrame || header.frameBytes() > bytes.limit() - at) {
            damaged = true;
            return JournalFormat.BLOCK_BYTES;
        }
        judgeDamageBefore(header.sync());
        lastFrame = header.number();
        lastSync = header.sync();
        readEntries(at, header);
        return JournalFormat.alignUp(header.frameBytes());
    }

    private void judgeDamageBefore(int sync) {
        if (damaged) {
            damaged = false;
            // A frame that is missing altogether may have belonged to this sync, unless a whole sync is missing.
            suspectSync = Math.max(suspectSync, sync > lastSync + 1 ? sync - 1 : sync);
        }
        if (suspectSync >= 0 && sync > suspectSync) {
            damagedInside++;
            suspectSync = -1;
        }
    }

    private void readEntries(int frameAt, FrameHeader header) throws IOException {
        int at = frameAt + JournalFormat.FRAME_HEADER_BYTES;
        int end = frameAt + header.frameBytes();
        for (int i = 0; i < header.entryCount(); i++) {
            if (!isEntryHeader(at, end, header.number())) {
                suspectSync = header.sync();
                return;
            }
            int bodyBytes = bytes.getInt(at + 48);
            JournalEntry entry = entry(at, bodyBytes);
            if (entry == null) {
                suspectSync = header.sync();
            } else {
                target.onEntry(entry);
                entries++;
            }
            at += JournalFormat.ENTRY_HEADER_BYTES + bodyBytes;
        }
    }

    private boolean isEntryHeader(int at, int end, int frameNumber) {
        if (at + JournalFormat.ENTRY_HEADER_BYTES > end
                || bytes.getInt(at) != JournalFormat.crc(bytes, at + 4, JournalFormat.ENTRY_HEADER_BYTES - 4)
                || bytes.getLong(at + 8) != JournalFormat.binding(file.salt(), frameNumber)) {
            return false;
        }
        int bodyBytes = bytes.getInt(at + 48);
        return bodyBytes >= 0 && bodyBytes <= end - at - JournalFormat.ENTRY_HEADER_BYTES;
    }

    private @Nullable JournalEntry entry(int at, int bodyBytes) {
        EntryType type = EntryType.forCode(bytes.getInt(at + 4));
        int bodyAt = at + JournalFormat.ENTRY_HEADER_BYTES;
        if (type == null || bytes.getInt(at + 52) != JournalFormat.crc(bytes, bodyAt, bodyBytes)) {
            return null;
        }
        ByteBuf body = Unpooled.wrappedBuffer(bytes.slice(bodyAt, bodyBytes));
        UUID topicId = new UUID(bytes.getLong(at + 16), bytes.getLong(at + 24));
        return new JournalEntry(
                type, topicId, bytes.getInt(at + 32), bytes.getInt(at + 36), bytes.getLong(at + 40), body);
    }
}
