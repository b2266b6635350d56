package io.millrace.wire.record;

import io.millrace.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says whether what a producer sent for a partition may be appended, with the error codes that Kafka's broker answers.
 * Both levels treat the bytes as hostile and answer with a value, whatever they hold.
 *
 * <ul>
 *   <li>{@link #validate} looks at the header and the checksum: for every batch, on the event loop.
 *   <li>{@link #validateRecords} looks at every record, unpacking a compressed batch piece by piece: for compacted
 *       topics, and before a batch is packed again. Compressed batches take time: not for an event loop.
 * </ul>
 */
public final class BatchValidator {
    /** The first produce version whose clients may send zstd (KIP-110). */
    static final short FIRST_VERSION_WITH_ZSTD = 7;
    /** More reasons than this help nobody; the answer stays small. */
    private static final int RECORD_ERRORS_MAX = 100;

    private BatchValidator() {}

    /**
     * What the topic allows.
     *
     * @param maxMessageBytes {@code max.message.bytes}: the size of a batch, compressed as it came
     * @param timestampType {@code message.timestamp.type}
     * @param timestampBeforeMaxMs {@code message.timestamp.before.max.ms}: how old a record may be
     * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}: how far in the future
     * @param requireKeys whether {@code cleanup.policy} contains {@code compact}
     */
    public record Limits(
            int maxMessageBytes,
            TimestampType timestampType,
            long timestampBeforeMaxMs,
            long timestampAfterMaxMs,
            boolean requireKeys) {

        boolean isOutOfRange(long timestampMs, long nowMs) {
            if (timestampType != TimestampType.CREATE_TIME || timestampMs == RecordBatch.NO_TIMESTAMP) {
                return false;
            }
            return isMoreThan(nowMs, timestampMs, timestampBeforeMaxMs)
                    || isMoreThan(timestampMs, nowMs, timestampAfterMaxMs);
        }

        /** Whether {@code later} is more than {@code limit} behind {@code earlier}, also where subtraction overflows. */
        private static boolean isMoreThan(long later, long earlier, long limit) {
            if (later <= earlier) {
                return false;
            }
            long distance = later - earlier;
            return distance < 0 ? limit < Long.MAX_VALUE : distance > limit;
        }
    }

    /**
     * Checks the {@code records} of one partition in a produce request: its readable bytes must be exactly one batch.
     *
     * @param produceVersion of the request
     */
    public static BatchVerdict validate(ByteBuf records, Limits limits, short produceVersion, long nowMs) {
        int index = records.readerIndex();
        int size = records.readableBytes();
        if (size == 0) {
            return invalid("no record batch for the partition");
        }
        RecordBatch.Integrity integrity = RecordBatch.check(records, index, index + size);
        if (integrity != RecordBatch.Integrity.VALID) {
            return damaged(integrity, records, index);
        }
        int length = RecordBatch.length(records, index);
        if (length < size) {
            return invalid("more than one record batch for the partition");
        }
        if (length > limits.maxMessageBytes()) {
            return BatchVerdict.bad(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "a record batch of " + length + " bytes where max.message.bytes is " + limits.maxMessageBytes());
        }
        return validateHeader(records, index, limits, produceVersion, nowMs);
    }

    private static BatchVerdict damaged(RecordBatch.Integrity integrity, ByteBuf records, int index) {
        return switch (integrity) {
            case INCOMPLETE -> invalid("the record batch is longer than the bytes that came");
            case BAD_MAGIC ->
                invalid("a record batch of magic " + RecordBatch.magic(records, index)
                        + ": this broker takes magic 2 (Kafka 0.11 and newer)");
            case BAD_LENGTH -> corrupt("the record batch has an impossible length");
            case BAD_CRC, VALID -> corrupt("the record batch does not match its checksum");
        };
    }

    private static BatchVerdict validateHeader(
            ByteBuf records, int index, Limits limits, short produceVersion, long nowMs) {
        Compression codec = RecordBatch.codec(records, index);
        if (codec == null) {
            return unsupported("unknown compression codec " + (RecordBatch.attributes(records, index) & 0x07));
        }
        if (codec == Compression.ZSTD && produceVersion < FIRST_VERSION_WITH_ZSTD) {
            return unsupported("zstd needs produce version " + FIRST_VERSION_WITH_ZSTD + " or newer");
        }
        if (RecordBatch.isControl(records, index)) {
            return invalid("clients may not write control records");
        }
        if (RecordBatch.hasDeleteHorizon(records, index)) {
            return invalid("clients may not write batches with a delete horizon");
        }
        int count = RecordBatch.recordCount(records, index);
        int lastDelta = RecordBatch.lastOffsetDelta(records, index);
        if (count <= 0 || lastDelta != count - 1) {
            return invalid("the record batch counts " + count + " records and ends at offset delta " + lastDelta);
        }
        String producerFault = producerFault(records, index);
        if (producerFault != null) {
            return invalid(producerFault);
        }
        return validateTimestamps(records, index, limits, nowMs);
    }

    private static @Nullable String producerFault(ByteBuf records, int index) {
        long id = RecordBatch.producerId(records, index);
        if (id == RecordBatch.NO_PRODUCER_ID) {
            return RecordBatch.isTransactional(records, index) ? "a transactional batch without a producer id" : null;
        }
        if (id < 0) {
            return "producer id " + id;
        }
        if (RecordBatch.producerEpoch(records, index) < 0) {
            return "producer " + id + " with epoch " + RecordBatch.producerEpoch(records, index);
        }
        if (RecordBatch.baseSequence(records, index) < 0) {
            return "producer " + id + " with sequence number " + RecordBatch.baseSequence(records, index);
        }
        return null;
    }

    private static BatchVerdict validateTimestamps(ByteBuf records, int index, Limits limits, long nowMs) {
        if (RecordBatch.timestampType(records, index) == TimestampType.LOG_APPEND_TIME) {
            return BatchVerdict.bad(
                    ErrorCode.INVALID_TIMESTAMP, "a producer may not set the timestamp type to LogAppendTime");
        }
        long base = RecordBatch.baseTimestamp(records, index);
        long max = RecordBatch.maxTimestamp(records, index);
        if (limits.isOutOfRange(base, nowMs) || limits.isOutOfRange(max, nowMs)) {
            return BatchVerdict.bad(ErrorCode.INVALID_TIMESTAMP, outOfRange(base, max, limits, nowMs));
        }
        return BatchVerdict.good(max);
    }

    /**
     * Checks every record of a batch that {@link #validate} found good: that there are as many as the header says, at
     * offset deltas 0, 1, 2, ..., each properly formed, with a key and a time that the topic allows.
     *
     * @param maxUnpackedBytes how much the records of a compressed batch may have in all; more is refused
     */
    public static BatchVerdict validateRecords(ByteBuf batch, Limits limits, long nowMs, long maxUnpackedBytes) {
        try (RecordReader records = RecordReader.open(batch, batch.readerIndex(), maxUnpackedBytes)) {
            return validateEach(records, limits, nowMs);
        } catch (InvalidRecordsException e) {
            return invalid(String.valueOf(e.getMessage()));
        }
    }

    private static BatchVerdict validateEach(RecordReader records, Limits limits, long nowMs) {
        List<RecordError> errors = new ArrayList<>(0);
        boolean badTime = false;
        long max = RecordBatch.NO_TIMESTAMP;
        while (records.next()) {
            int i = records.indexInBatch();
            if (records.offsetDelta() != i) {
                return invalid("record " + i + " has offset delta " + records.offsetDelta());
            }
            max = Math.max(max, records.timestampMs());
            boolean outOfRange = limits.isOutOfRange(records.timestampMs(), nowMs);
            badTime |= outOfRange;
            if (errors.size() == RECORD_ERRORS_MAX) {
                continue;
            }
            if (outOfRange) {
                long time = records.timestampMs();
                errors.add(new RecordError(i, outOfRange(time, time, limits, nowMs)));
            } else if (limits.requireKeys() && !records.hasKey()) {
                errors.add(new RecordError(i, "a compacted topic takes no record without a key"));
            }
        }
        if (errors.isEmpty()) {
            return BatchVerdict.good(max);
        }
        return badTime
                ? BatchVerdict.bad(ErrorCode.INVALID_TIMESTAMP, "records with timestamps out of range", errors)
                : BatchVerdict.bad(ErrorCode.INVALID_RECORD, "records that the topic does not take", errors);
    }

    private static String outOfRange(long base, long max, Limits limits, long nowMs) {
        String times = base == max ? "timestamp " + max : "timestamps " + base + " to " + max;
        return times + " out of range: at " + nowMs + " the topic takes up to " + limits.timestampBeforeMaxMs()
                + " ms before and " + limits.timestampAfterMaxMs() + " ms after";
    }

    private static BatchVerdict invalid(String message) {
        return BatchVerdict.bad(ErrorCode.INVALID_RECORD, message);
    }

    private static BatchVerdict corrupt(String message) {
        return BatchVerdict.bad(ErrorCode.CORRUPT_MESSAGE, message);
    }

    private static BatchVerdict unsupported(String message) {
        return BatchVerdict.bad(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, message);
    }
}
