package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.BatchScanner;
import io.millrace.broker.storage.segment.Segment;
import io.millrace.broker.storage.segment.SegmentRecords;
import io.millrace.broker.storage.segment.TimestampOffset;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.InvalidRecordsException;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordReader;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads of one log. They see what is published and touch no state of the writer. Any thread, any number at once; only
 * {@link PartitionLog} knows which of them may touch the disk.
 */
final class LogReader {

    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);

    private final PublishedLog log;

    LogReader(PublishedLog log) {
        this.log = log;
    }

    ReadResult read(long offset, int bytesMax, boolean atLeastOneBatch) {
        LogMark visible = log.visible();
        LogView view = log.view(visible);
        if (!hasMore(offset, bytesMax, atLeastOneBatch, visible, view)) {
            return withoutRecords(offset, view);
        }
        Segment[] segments = log.segments();
        try {
            return slice(segments, offset, bytesMax, atLeastOneBatch, visible, view);
        } catch (CorruptLogException e) {
            LOG.error("a read at offset {} found damage: {}", offset, e.getMessage());
            return ReadResult.failed(ErrorCode.CORRUPT_MESSAGE, e.toString(), view);
        } catch (IOException e) {
            if (segments != log.segments()) {
                return read(offset, bytesMax, atLeastOneBatch); // compacted while we looked, and deleted
            }
            LogView now = log.view();
            if (offset < now.logStartOffset()) {
                return outOfRange(offset, now); // removed while we looked
            }
            LOG.warn("a read at offset {} failed", offset, e);
            return ReadResult.failed(ErrorCode.KAFKA_STORAGE_ERROR, e.toString(), view);
        }
    }

    /** The same without waiting for a disk; null when that takes more than what is in memory. */
    @Nullable
    ReadResult readHeld(long offset, int bytesMax, boolean atLeastOneBatch) {
        LogMark visible = log.visible();
        LogView view = log.view(visible);
        if (!hasMore(offset, bytesMax, atLeastOneBatch, visible, view)) {
            return withoutRecords(offset, view);
        }
        Segment[] segments = log.segments();
        int at = floor(segments, offset);
        return at < 0 ? null : sliceHeld(segments[at], offset, bytesMax, atLeastOneBatch, visible, view);
    }

    private static boolean hasMore(long offset, int bytesMax, boolean atLeastOneBatch, LogMark visible, LogView view) {
        return offset >= view.logStartOffset() && offset < visible.endOffset && (bytesMax > 0 || atLeastOneBatch);
    }

    private static ReadResult withoutRecords(long offset, LogView view) {
        return offset < view.logStartOffset() || offset > view.logEndOffset()
                ? outOfRange(offset, view)
                : ReadResult.nothing(view);
    }

    private static @Nullable ReadResult sliceHeld(
            Segment segment, long offset, int bytesMax, boolean atLeastOneBatch, LogMark visible, LogView view) {
        int limit = limit(segment, visible);
        Segment.Located first = segment.locateHeld(offset, limit);
        if (first == null) {
            return null;
        }
        if (first.sizeBytes() > bytesMax && !atLeastOneBatch) {
            return ReadResult.nothing(view);
        }
        SegmentRecords records = segment.sliceIfOpen(first, sizeOf(first, bytesMax, limit));
        return records == null ? null : new ReadResult(ErrorCode.NONE, null, records, view);
    }

    private static int sizeOf(Segment.Located first, int bytesMax, int limit) {
        return Math.min(Math.max(bytesMax, first.sizeBytes()), limit - first.position());
    }

    private ReadResult slice(
            Segment[] segments, long offset, int bytesMax, boolean atLeastOneBatch, LogMark visible, LogView view)
            throws IOException {
        for (int i = floor(segments, offset); i >= 0 && i < segments.length; i++) {
            Segment segment = segments[i];
            int limit = limit(segment, visible);
            Segment.Located first = limit == 0 ? null : segment.locate(offset, limit);
            if (first == null) {
                continue; // the offset lies in a gap before the next segment
            }
            if (first.sizeBytes() > bytesMax && !atLeastOneBatch) {
                return ReadResult.nothing(view);
            }
            SegmentRecords records = segment.slice(first, sizeOf(first, bytesMax, limit));
            return new ReadResult(ErrorCode.NONE, null, records, view);
        }
        LogView now = log.view();
        return offset < now.logStartOffset() ? outOfRange(offset, now) : ReadResult.nothing(view);
    }

    private static ReadResult outOfRange(long offset, LogView view) {
        String message = "offset " + offset + " is not within " + view.logStartOffset() + " and " + view.logEndOffset();
        return ReadResult.failed(ErrorCode.OFFSET_OUT_OF_RANGE, message, view);
    }

    /** Whether the bytes at an offset are in memory. */
    boolean isHot(long offset) {
        Segment[] segments = log.segments();
        int at = floor(segments, offset);
        return at >= 0 && segments[at].holds(offset);
    }

    /** The first record with at least this timestamp. */
    OffsetLookup offsetForTimestamp(long timestampMs) throws IOException {
        LogMark visible = log.visible();
        for (Segment segment : log.segments()) {
            int limit = limit(segment, visible);
            if (limit > 0 && segment.maxTimestamp().timestampMs() >= timestampMs) {
                OffsetLookup found = search(segment, limit, timestampMs);
                if (found != null) {
                    return found;
                }
            }
        }
        return OffsetLookup.NONE;
    }

    /** The record with the largest timestamp, the first of several. */
    OffsetLookup maxTimestamp() throws IOException {
        LogMark visible = log.visible();
        OffsetLookup found = searchMax(visible, false);
        if (found == null) {
            // It was in front of the log's start.
            found = searchMax(visible, true);
        }
        return found == null ? OffsetLookup.NONE : found;
    }

    /** NONE when no batch has a timestamp; null when the one with the largest has no record that counts. */
    private @Nullable OffsetLookup searchMax(LogMark visible, boolean readsBatches) throws IOException {
        Segment holder = null;
        TimestampOffset max = TimestampOffset.NONE;
        for (Segment segment : log.segments()) {
            TimestampOffset candidate =
                    limit(segment, visible) == 0 ? TimestampOffset.NONE : visibleMax(segment, visible, readsBatches);
            if (candidate.timestampMs() > max.timestampMs()) {
                max = candidate;
                holder = segment;
            }
        }
        return holder == null ? OffsetLookup.NONE : search(holder, limit(holder, visible), max.timestampMs());
    }

    /** Largest timestamp among the batches that may be seen: the newest may belong to one that is still being synced. */
    private TimestampOffset visibleMax(Segment segment, LogMark visible, boolean readsBatches) throws IOException {
        TimestampOffset max = segment.maxTimestamp();
        if (!readsBatches && max.offset() < visible.endOffset) {
            return max;
        }
        long logStart = log.logStartOffset();
        TimestampOffset best = TimestampOffset.NONE;
        try (Segment.Scan scan = segment.scan(segment.baseOffset(), limit(segment, visible))) {
            BatchScanner batches = scan.batches();
            while (batches.next()) {
                if (batches.lastOffset() < logStart) {
                    continue;
                }
                long timestampMs = batches.baseOffset() < logStart
                        ? maxTimestampFrom(batches.readBatch(), logStart)
                        : batches.maxTimestampMs();
                if (timestampMs > best.timestampMs()) {
                    best = new TimestampOffset(timestampMs, batches.lastOffset());
                }
            }
        }
        return best;
    }

    /** Largest timestamp of the records from an offset on; that of the batch if it cannot be read. */
    private static long maxTimestampFrom(ByteBuf batch, long offset) {
        long maxMs = RecordBatch.NO_TIMESTAMP;
        try (RecordReader records = RecordReader.open(batch, 0, LogConfig.UNPACKED_BYTES_MAX)) {
            while (records.next()) {
                if (records.offset() >= offset) {
                    maxMs = Math.max(maxMs, records.timestampMs());
                }
            }
            return maxMs;
        } catch (InvalidRecordsException unreadable) {
            return RecordBatch.maxTimestamp(batch, 0);
        }
    }

    private @Nullable OffsetLookup search(Segment segment, int limit, long timestampMs) throws IOException {
        long logStart = log.logStartOffset();
        try (Segment.Scan scan = segment.scanFromTimestamp(timestampMs, limit)) {
            while (scan.batches().next()) {
                if (scan.batches().maxTimestampMs() < timestampMs
                        || scan.batches().lastOffset() < logStart) {
                    continue;
                }
                OffsetLookup found = searchBatch(scan.batches().readBatch(), timestampMs, logStart);
                if (found != null) {
                    return new OffsetLookup(
                            found.offset(), found.timestampMs(), scan.batches().leaderEpoch());
                }
            }
            if (scan.batches().fault() != null) {
                throw new CorruptLogException(segment + ": " + scan.batches().fault());
            }
            return null;
        }
    }

    /**
     * Finds the record in its batch. Nobody looked into the batch when it was appended: if its producer wrote what cannot
     * be read, the batch as a whole is the answer.
     */
    private static @Nullable OffsetLookup searchBatch(ByteBuf batch, long timestampMs, long logStart) {
        try (RecordReader records = RecordReader.open(batch, 0, LogConfig.UNPACKED_BYTES_MAX)) {
            while (records.next()) {
                if (records.timestampMs() >= timestampMs && records.offset() >= logStart) {
                    return new OffsetLookup(records.offset(), records.timestampMs(), -1);
                }
            }
            return null;
        } catch (InvalidRecordsException unreadable) {
            long offset = Math.max(logStart, RecordBatch.baseOffset(batch, 0));
            return new OffsetLookup(offset, RecordBatch.maxTimestamp(batch, 0), -1);
        }
    }

    /** Position in a segment up to which the visible mark lets us look. */
    private static int limit(Segment segment, LogMark visible) {
        if (segment == visible.segment) {
            return visible.endPosition;
        }
        // Of the same base, and not the same: compaction has replaced it, which it does only with what all may see.
        return segment.baseOffset() <= visible.segment.baseOffset() ? segment.sizeBytes() : 0;
    }

    /** Number of the segment with the largest base at or before an offset, or -1. */
    static int floor(Segment[] segments, long offset) {
        int low = -1;
        int high = segments.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >> 1;
            if (segments[middle].baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
