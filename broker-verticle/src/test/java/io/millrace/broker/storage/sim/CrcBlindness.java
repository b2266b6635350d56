package io.millrace.broker.storage.sim;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Makes every checksum in a journal file agree with what it covers, so that whoever reads the file might as well not check
 * any. All else that tells stale bytes from new ones stays. Knows the format by heart, as a test may.
 */
final class CrcBlindness {

    private static final int BLOCK = 4096;
    private static final int FRAME_MAGIC = 0x4D4A4652;
    private static final int FRAME_HEADER = 40;
    private static final int ENTRY_HEADER = 56;

    private CrcBlindness() {}

    static void strike(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        for (int at = BLOCK; at + BLOCK <= file.length; at += BLOCK) {
            if (bytes.getInt(at) == FRAME_MAGIC) {
                seal(bytes, at + 4, at + 8, FRAME_HEADER - 8);
                int frameBytes = bytes.getInt(at + 32);
                sealEntries(bytes, at + FRAME_HEADER, (int) Math.min(file.length, (long) at + frameBytes));
            }
        }
    }

    private static void sealEntries(ByteBuffer bytes, int start, int end) {
        int at = start;
        while (at + ENTRY_HEADER <= end) {
            int bodyBytes = bytes.getInt(at + 48);
            if (bodyBytes < 0 || bodyBytes > end - at - ENTRY_HEADER) {
                return;
            }
            seal(bytes, at + 52, at + ENTRY_HEADER, bodyBytes);
            seal(bytes, at, at + 4, ENTRY_HEADER - 4);
            at += ENTRY_HEADER + bodyBytes;
        }
    }

    private static void seal(ByteBuffer bytes, int crcAt, int from, int count) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(from, count));
        bytes.putInt(crcAt, (int) crc.getValue());
    }
}
