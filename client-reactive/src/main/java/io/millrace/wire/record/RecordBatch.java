package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The header of a magic 2 batch, read and patched where it lies.
 *
 * <p>Every method takes the buffer and the index of the batch's first byte, and assumes that the whole header is there:
 * ask {@link #check} first about bytes that somebody else wrote. Nothing moves the reader or writer index. The layout:
 *
 * <pre>
 *  0 base offset        8    16 magic              1    35 max timestamp    8
 *  8 batch length       4    17 crc                4    43 producer id      8
 * 12 leader epoch       4    21 attributes         2    51 producer epoch   2
 *                            23 last offset delta  4    53 base sequence    4
 *                            27 base timestamp     8    57 record count     4    61 records, maybe compressed
 * </pre>
 *
 * The batch length counts from byte 12; the CRC32C covers byte 21 to the end, so that base offset and leader epoch can
 * be assigned without computing it again.
 */
public final class RecordBatch {
    /** The only format that is accepted and stored. */
    public static final byte MAGIC = 2;

    public static final int BASE_OFFSET_AT = 0;
    public static final int BATCH_LENGTH_AT = 8;
    public static final int LEADER_EPOCH_AT = 12;
    public static final int MAGIC_AT = 16;
    public static final int CRC_AT = 17;
    public static final int ATTRIBUTES_AT = 21;
    public static final int LAST_OFFSET_DELTA_AT = 23;
    public static final int BASE_TIMESTAMP_AT = 27;
    public static final int MAX_TIMESTAMP_AT = 35;
    public static final int PRODUCER_ID_AT = 43;
    public static final int PRODUCER_EPOCH_AT = 51;
    public static final int BASE_SEQUENCE_AT = 53;
    public static final int RECORD_COUNT_AT = 57;

    /** Bytes before the first record. */
    public static final int HEADER_SIZE = 61;
    /** Bytes that the batch length does not count: base offset and the length itself. */
    public static final int LENGTH_OVERHEAD = 12;

    public static final long NO_TIMESTAMP = -1;
    public static final long NO_PRODUCER_ID = -1;
    public static final short NO_PRODUCER_EPOCH = -1;
    public static final int NO_SEQUENCE = -1;
    public static final int NO_LEADER_EPOCH = -1;

    static final int CODEC_MASK = 0x07;
    static final int LOG_APPEND_TIME_BIT = 0x08;
    static final int TRANSACTIONAL_BIT = 0x10;
    static final int CONTROL_BIT = 0x20;
    static final int DELETE_HORIZON_BIT = 0x40;

    private RecordBatch() {}

    /** What the bytes at an index are. */
    public enum Integrity {
        /** A whole batch of magic 2 with the right checksum. */
        VALID,
        /** The start of a batch; the rest is beyond the end, or fewer than 17 bytes are there at all. */
        INCOMPLETE,
        /** The length is smaller than a header, or so large that it cannot be true. */
        BAD_LENGTH,
        /** Another format: 0 and 1 are Kafka's old ones. */
        BAD_MAGIC,
        /** The checksum does not match the bytes. */
        BAD_CRC
    }

    /** Looks at the bytes from {@code index} up to {@code end} (exclusive), which may hold anything. */
    public static Integrity check(ByteBuf buf, int index, int end) {
        if (end - index < CRC_AT) {
            return Integrity.INCOMPLETE;
        }
        if (magic(buf, index) != MAGIC) {
            return Integrity.BAD_MAGIC;
        }
        int batchLength = buf.getInt(index + BATCH_LENGTH_AT);
        if (batchLength < HEADER_SIZE - LENGTH_OVERHEAD || batchLength > Integer.MAX_VALUE - LENGTH_OVERHEAD) {
            return Integrity.BAD_LENGTH;
        }
        if (batchLength + LENGTH_OVERHEAD > end - index) {
            return Integrity.INCOMPLETE;
        }
        return crc(buf, index) == computeCrc(buf, index) ? Integrity.VALID : Integrity.BAD_CRC;
    }

    /** Bytes of the whole batch, header included. */
    public static int length(ByteBuf buf, int index) {
        return LENGTH_OVERHEAD + buf.getInt(index + BATCH_LENGTH_AT);
    }

    public static long baseOffset(ByteBuf buf, int index) {
        return buf.getLong(index + BASE_OFFSET_AT);
    }

    public static long lastOffset(ByteBuf buf, int index) {
        return baseOffset(buf, index) + lastOffsetDelta(buf, index);
    }

    public static int partitionLeaderEpoch(ByteBuf buf, int index) {
        return buf.getInt(index + LEADER_EPOCH_AT);
    }

    public static byte magic(ByteBuf buf, int index) {
        return buf.getByte(index + MAGIC_AT);
    }

    /** The stored checksum. */
    public static int crc(ByteBuf buf, int index) {
        return buf.getInt(index + CRC_AT);
    }

    public static short attributes(ByteBuf buf, int index) {
        return buf.getShort(index + ATTRIBUTES_AT);
    }

    public static int lastOffsetDelta(ByteBuf buf, int index) {
        return buf.getInt(index + LAST_OFFSET_DELTA_AT);
    }

    public static long baseTimestamp(ByteBuf buf, int index) {
        return buf.getLong(index + BASE_TIMESTAMP_AT);
    }

    public static long maxTimestamp(ByteBuf buf, int index) {
        return buf.getLong(index + MAX_TIMESTAMP_AT);
    }

    /** Or {@link #NO_PRODUCER_ID}. */
    public static long producerId(ByteBuf buf, int index) {
        return buf.getLong(index + PRODUCER_ID_AT);
    }

    public static short producerEpoch(ByteBuf buf, int index) {
        return buf.getShort(index + PRODUCER_EPOCH_AT);
    }

    /** Or {@link #NO_SEQUENCE}. */
    public static int baseSequence(ByteBuf buf, int index) {
        return buf.getInt(index + BASE_SEQUENCE_AT);
    }

    /** The sequence of the last record, or {@link #NO_SEQUENCE}. */
    public static int lastSequence(ByteBuf buf, int index) {
        int base = baseSequence(buf, index);
        return base == NO_SEQUENCE ? NO_SEQUENCE : sequenceAfter(base, lastOffsetDelta(buf, index));
    }

    public static int recordCount(ByteBuf buf, int index) {
        return buf.getInt(index + RECORD_COUNT_AT);
    }

    public static boolean isTransactional(ByteBuf buf, int index) {
        return (attributes(buf, index) & TRANSACTIONAL_BIT) != 0;
    }

    /** Whether the records are markers of the log itself (commit, abort, ...) and not data. */
    public static boolean isControl(ByteBuf buf, int index) {
        return (attributes(buf, index) & CONTROL_BIT) != 0;
    }

    /** Whether the base timestamp is the time from which compaction may drop tombstones, as Kafka's cleaner writes. */
    public static boolean hasDeleteHorizon(ByteBuf buf, int index) {
        return (attributes(buf, index) & DELETE_HORIZON_BIT) != 0;
    }

    /** The codec of the records, or null for an id that nobody assigned. */
    public static @Nullable Compression codec(ByteBuf buf, int index) {
        return Compression.forId(attributes(buf, index) & CODEC_MASK);
    }

    public static TimestampType timestampType(ByteBuf buf, int index) {
        return (attributes(buf, index) & LOG_APPEND_TIME_BIT) == 0
                ? TimestampType.CREATE_TIME
                : TimestampType.LOG_APPEND_TIME;
    }

    /** The sequence {@code count} records after {@code sequence}: after the largest int comes 0. */
    public static int sequenceAfter(int sequence, int count) {
        return (sequence + count) & Integer.MAX_VALUE;
    }

    /** Leaves the checksum valid. */
    public static void setBaseOffset(ByteBuf buf, int index, long baseOffset) {
        buf.setLong(index + BASE_OFFSET_AT, baseOffset);
    }

    /** Leaves the checksum valid. */
    public static void setLeaderEpoch(ByteBuf buf, int index, int leaderEpoch) {
        buf.setInt(index + LEADER_EPOCH_AT, leaderEpoch);
    }

    /** Gives every record the broker's time, and computes the checksum again. */
    public static void setLogAppendTime(ByteBuf buf, int index, long timestampMs) {
        setMaxTimestamp(buf, index, TimestampType.LOG_APPEND_TIME, timestampMs);
    }

    /** Sets the max timestamp and its type; computes the checksum again only if that changed something. */
    public static void setMaxTimestamp(ByteBuf buf, int index, TimestampType type, long timestampMs) {
        if (timestampType(buf, index) == type && maxTimestamp(buf, index) == timestampMs) {
            return;
        }
        int others = attributes(buf, index) & ~LOG_APPEND_TIME_BIT;
        int bit = type == TimestampType.LOG_APPEND_TIME ? LOG_APPEND_TIME_BIT : 0;
        buf.setShort(index + ATTRIBUTES_AT, others | bit);
        buf.setLong(index + MAX_TIMESTAMP_AT, timestampMs);
        updateCrc(buf, index);
    }

    /** Lets another producer, epoch or sequence have written it, and computes the checksum again. */
    public static void setProducer(ByteBuf buf, int index, long producerId, short producerEpoch, int baseSequence) {
        buf.setLong(index + PRODUCER_ID_AT, producerId);
        buf.setShort(index + PRODUCER_EPOCH_AT, producerEpoch);
        buf.setInt(index + BASE_SEQUENCE_AT, baseSequence);
        updateCrc(buf, index);
    }

    /** Stores the checksum of what the batch holds now. */
    public static void updateCrc(ByteBuf buf, int index) {
        buf.setInt(index + CRC_AT, computeCrc(buf, index));
    }

    /** The CRC32C from the attributes to the end of the batch. */
    public static int computeCrc(ByteBuf buf, int index) {
        return crc32c(buf, index + ATTRIBUTES_AT, length(buf, index) - ATTRIBUTES_AT);
    }

    /** The CRC32C of any bytes of any kind of buffer, without copying them. */
    public static int crc32c(ByteBuf buf, int index, int length) {
        CRC32C crc = new CRC32C();
        if (buf.hasArray()) {
            crc.update(buf.array(), buf.arrayOffset() + index, length);
        } else if (buf.nioBufferCount() == 1) {
            crc.update(buf.nioBuffer(index, length));
        } else {
            for (ByteBuffer part : buf.nioBuffers(index, length)) {
                crc.update(part);
            }
        }
        return (int) crc.getValue();
    }
}
