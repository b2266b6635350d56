package io.millrace.broker.storage.journal;

import io.millrace.broker.storage.StoreFile;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a journal file, big-endian.
 *
 * <pre>
 * file  = file header, one block | frame | frame | ... | whatever an earlier use left behind
 * frame = frame header | entry | entry | ... | zeros up to the next block
 * entry = entry header | body
 *
 * file header   magic 4 | crc 4 | version 4 | state 4 | generation 8 | salt 8
 * frame header  magic 4 | crc 4 | generation 8 | salt 8 | number in file 4 | entry count 4 | bytes without padding 4 | sync 4
 * entry header  crc 4 | type 4 | binding 8 | topic id 16 | partition 4 | leader epoch 4 | offset 8 | body bytes 4 | body crc 4
 * </pre>
 *
 * <p>Each crc is CRC-32C of the header behind it. A frame starts on a block, so that writing it never touches a block that
 * holds acknowledged bytes. Files are recycled without being cleared: generation and salt (random for every use of a file)
 * tell a frame of this use from a stale one, and the binding (salt plus frame number) does the same for each entry, since a
 * crash may keep a frame's first block and lose the others. The salt also keeps producers from forging frames in record
 * bytes.
 */
final class JournalFormat {

    static final int BLOCK_BYTES = StoreFile.BLOCK_BYTES;
    static final int VERSION = 1;
    static final int FILE_HEADER_BYTES = 32;
    static final int FRAME_HEADER_BYTES = 40;
    static final int ENTRY_HEADER_BYTES = 56;

    /** State of a file whose frames count. */
    static final int STATE_LIVE = 1;
    /** State of a file whose entries are all in synced segments. */
    static final int STATE_RETIRED = 2;

    private static final int FILE_MAGIC = 0x4D4A4649; // "MJFI"
    private static final int FRAME_MAGIC = 0x4D4A4652; // "MJFR"

    private JournalFormat() {}

    /** What a file's first block says. */
    record FileHeader(int version, int state, long generation, long salt) {}

    /**
     * What a frame's first bytes say.
     *
     * @param sync how many syncs of this use of the file came before: all frames with a smaller one were on the disk when
     *     this was written
     */
    record FrameHeader(int number, int entryCount, int frameBytes, int sync) {}

    static long binding(long salt, int frameNumber) {
        return salt + frameNumber;
    }

    static int alignUp(int bytes) {
        return (bytes + BLOCK_BYTES - 1) & -BLOCK_BYTES;
    }

    /** A zeroed buffer that can be written as blocks. */
    static ByteBuffer allocateBlocks(int bytes) {
        return ByteBuffer.allocateDirect(bytes + BLOCK_BYTES)
                .alignedSlice(BLOCK_BYTES)
                .slice(0, bytes);
    }

    /** Writes a file header into a cleared block. */
    static void putFileHeader(ByteBuffer block, FileHeader header) {
        block.putInt(0, FILE_MAGIC)
                .putInt(8, header.version())
                .putInt(12, header.state())
                .putLong(16, header.generation())
                .putLong(24, header.salt());
        block.putInt(4, crc(block, 8, FILE_HEADER_BYTES - 8));
    }

    /** Whether a block starts with an intact file header. */
    static boolean isFileHeader(ByteBuffer block) {
        return block.limit() >= FILE_HEADER_BYTES
                && block.getInt(0) == FILE_MAGIC
                && block.getInt(4) == crc(block, 8, FILE_HEADER_BYTES - 8);
    }

    /**
     * What the header must have said, from the first frame behind it. Null when there is no intact one: then the file was
     * never used, or nothing of it can be read. A retired file counts as live again, which costs a replay of what is known.
     */
    static @Nullable FileHeader fileHeaderFromFrame(ByteBuffer start) {
        int at = BLOCK_BYTES;
        return start.limit() >= at + FRAME_HEADER_BYTES
                        && start.getInt(at) == FRAME_MAGIC
                        && start.getInt(at + 4) == crc(start, at + 8, FRAME_HEADER_BYTES - 8)
                ? new FileHeader(VERSION, STATE_LIVE, start.getLong(at + 8), start.getLong(at + 16))
                : null;
    }

    static FileHeader fileHeader(ByteBuffer block) {
        return new FileHeader(block.getInt(8), block.getInt(12), block.getLong(16), block.getLong(24));
    }

    static void putFrameHeader(ByteBuffer buffer, int at, JournalFile file, FrameHeader header) {
        buffer.putInt(at, FRAME_MAGIC)
                .putLong(at + 8, file.generation())
                .putLong(at + 16, file.salt())
                .putInt(at + 24, header.number())
                .putInt(at + 28, header.entryCount())
                .putInt(at + 32, header.frameBytes())
                .putInt(at + 36, header.sync());
        buffer.putInt(at + 4, crc(buffer, at + 8, FRAME_HEADER_BYTES - 8));
    }

    /** Whether an intact frame header of this use of the file is at a position. */
    static boolean isFrameHeader(ByteBuffer buffer, int at, JournalFile file) {
        return buffer.getInt(at) == FRAME_MAGIC
                && buffer.getLong(at + 8) == file.generation()
                && buffer.getLong(at + 16) == file.salt()
                && buffer.getInt(at + 4) == crc(buffer, at + 8, FRAME_HEADER_BYTES - 8);
    }

    static FrameHeader frameHeader(ByteBuffer buffer, int at) {
        return new FrameHeader(
                buffer.getInt(at + 24), buffer.getInt(at + 28), buffer.getInt(at + 32), buffer.getInt(at + 36));
    }

    static int crc(ByteBuffer buffer, int at, int bytes) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(at, bytes));
        return (int) crc.getValue();
    }
}
