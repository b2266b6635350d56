package io.millrace.cluster.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The bytes around the content of a metadata file: a header that says what the file is, then frames, each of which is
 * whole or worthless.
 *
 * <pre>
 * header: "MILLRACE" | format:4 | base version:8 | crc32c of these:4
 * frame:  magic:4    | payload length:4 | crc32c of length and payload:4 | payload
 * </pre>
 */
final class Frames {
    /** Grows with every change that an older broker could not read. */
    static final int FORMAT = 1;

    static final int HEADER_BYTES = 24;

    private static final byte[] NAME = "MILLRACE".getBytes(StandardCharsets.US_ASCII);
    private static final int FRAME_MAGIC = 0x4D524652;
    private static final int FRAME_OVERHEAD = 12;

    private Frames() {}

    /** What stands at the beginning of a file. */
    enum Header {
        GOOD,
        /** Written by a newer broker. */
        NEWER,
        BROKEN
    }

    static ByteBuffer header(long baseVersion) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES);
        bytes.put(NAME).putInt(FORMAT).putLong(baseVersion);
        return bytes.putInt(crc(bytes.array(), 0, bytes.position())).flip();
    }

    static Header checkHeader(byte[] file, long baseVersion) {
        if (file.length < HEADER_BYTES) {
            return Header.BROKEN;
        }
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int checked = HEADER_BYTES - Integer.BYTES;
        boolean whole = bytes.getInt(checked) == crc(file, 0, checked);
        boolean ours = ByteBuffer.wrap(file, 0, NAME.length).equals(ByteBuffer.wrap(NAME));
        if (!whole || !ours) {
            return Header.BROKEN;
        }
        if (bytes.getInt(NAME.length) > FORMAT) {
            return Header.NEWER;
        }
        return bytes.getLong(NAME.length + Integer.BYTES) == baseVersion ? Header.GOOD : Header.BROKEN;
    }

    static ByteBuffer frame(byte[] payload) {
        ByteBuffer bytes = ByteBuffer.allocate(FRAME_OVERHEAD + payload.length);
        bytes.putInt(FRAME_MAGIC).putInt(payload.length).putInt(crcOfFrame(payload.length, payload, 0));
        return bytes.put(payload).flip();
    }

    /** Where the payload of a frame at {@code offset} begins. */
    static int payloadStart(int offset) {
        return offset + FRAME_OVERHEAD;
    }

    /** The end of the whole and sound frame at {@code offset}, or -1 if there is none. */
    static int endOfFrame(byte[] file, int offset) {
        if (file.length - offset < FRAME_OVERHEAD) {
            return -1;
        }
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int length = bytes.getInt(offset + Integer.BYTES);
        int start = payloadStart(offset);
        if (bytes.getInt(offset) != FRAME_MAGIC || length < 0 || length > file.length - start) {
            return -1;
        }
        int crc = bytes.getInt(offset + 2 * Integer.BYTES);
        return crc == crcOfFrame(length, file, start) ? start + length : -1;
    }

    /** The offset of the first sound frame that begins at {@code from} or later, or -1 if there is none. */
    static int nextFrame(byte[] file, int from) {
        for (int offset = from; offset <= file.length - FRAME_OVERHEAD; offset++) {
            if (file[offset] == (byte) (FRAME_MAGIC >>> 24) && endOfFrame(file, offset) >= 0) {
                return offset;
            }
        }
        return -1;
    }

    private static int crcOfFrame(int length, byte[] bytes, int start) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).flip());
        crc.update(bytes, start, length);
        return (int) crc.getValue();
    }

    private static int crc(byte[] bytes, int start, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, start, length);
        return (int) crc.getValue();
    }
}
