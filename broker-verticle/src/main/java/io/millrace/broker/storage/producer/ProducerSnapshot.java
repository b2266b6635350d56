package io.millrace.broker.storage.producer;

import io.millrace.wire.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The producer table as bytes, in the format of Kafka's {@code .snapshot} files, version 1.
 *
 * <p>Kafka keeps one entry per producer, the last batch, and so forgets after a restart the four batches before it, which
 * a client may be about to send again. We write an entry for each kept batch, oldest first. Kafka's reader takes the last
 * entry of a producer, and ours takes all.
 */
public final class ProducerSnapshot {

    private static final short VERSION = 1;
    private static final int HEADER_BYTES = 2 + 4 + 4;
    private static final int ENTRY_BYTES = 8 + 2 + 4 + 8 + 4 + 8 + 4 + 8;
    /** The checksum covers what comes after it. */
    private static final int CRC_AT = 2;

    private static final int CRC_FROM = 6;

    private ProducerSnapshot() {}

    /** All of the table. */
    public static ByteBuffer encode(ProducerTable table) {
        int count = 0;
        for (ProducerEntry entry : table.entries()) {
            count += Math.max(1, entry.batchCount());
        }
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + count * ENTRY_BYTES);
        bytes.putShort(VERSION).putInt(0).putInt(count);
        for (ProducerEntry entry : table.entries()) {
            encode(entry, bytes);
        }
        bytes.flip();
        bytes.putInt(CRC_AT, crc(bytes));
        return bytes;
    }

    private static void encode(ProducerEntry entry, ByteBuffer bytes) {
        for (int i = 0; i < Math.max(1, entry.batchCount()); i++) {
            boolean hasBatch = entry.batchCount() > 0;
            boolean isLast = i >= entry.batchCount() - 1;
            bytes.putLong(entry.producerId).putShort(entry.epoch);
            bytes.putInt(hasBatch ? entry.lastSequence(i) : RecordBatch.NO_SEQUENCE);
            bytes.putLong(hasBatch ? entry.lastOffset(i) : -1);
            bytes.putInt(hasBatch ? entry.offsetDelta(i) : 0);
            bytes.putLong(isLast ? entry.lastTimestampMs : entry.timestampMs(i));
            bytes.putInt(entry.coordinatorEpoch).putLong(entry.txnFirstOffset);
        }
    }

    /**
     * Fills an empty table.
     *
     * @param nowMs from when the expiry of the producers counts: those that fell silent during a stop get their full time
     * @return false, with the table left empty, when the bytes are not a whole snapshot
     */
    public static boolean decode(ByteBuffer bytes, ProducerTable table, long nowMs) {
        if (bytes.remaining() < HEADER_BYTES
                || bytes.getShort(0) != VERSION
                || bytes.getInt(CRC_AT) != crc(bytes)
                || bytes.getInt(CRC_FROM) * (long) ENTRY_BYTES != bytes.remaining() - HEADER_BYTES) {
            return false;
        }
        bytes.position(HEADER_BYTES);
        while (bytes.hasRemaining()) {
            decodeEntry(bytes, table, nowMs);
        }
        return true;
    }

    private static void decodeEntry(ByteBuffer bytes, ProducerTable table, long nowMs) {
        long producerId = bytes.getLong();
        short epoch = bytes.getShort();
        int lastSequence = bytes.getInt();
        long lastOffset = bytes.getLong();
        int offsetDelta = bytes.getInt();
        long timestampMs = bytes.getLong();
        int coordinatorEpoch = bytes.getInt();
        long txnFirstOffset = bytes.getLong();
        ProducerEntry entry = table.restore(producerId, txnFirstOffset);
        entry.toEpoch(epoch);
        if (lastOffset >= 0) {
            entry.addBatch(lastSequence, lastOffset, offsetDelta, timestampMs);
        }
        entry.lastTimestampMs = timestampMs;
        entry.coordinatorEpoch = coordinatorEpoch;
        entry.lastSeenMs = nowMs;
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(CRC_FROM, bytes.limit() - CRC_FROM));
        return (int) crc.getValue();
    }
}
