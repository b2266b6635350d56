package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.Segment;
import io.millrace.broker.storage.segment.SegmentFiles;
import io.millrace.wire.ErrorCode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records away from either end of a log: retention and DeleteRecords at the start, truncation at the end. Segments
 * that leave the log wait here until their files may go. Owned by the append thread.
 */
final class LogTrimmer {

    private static final Logger LOG = LoggerFactory.getLogger(LogTrimmer.class);

    /** A segment that is not part of the log any more, and when its files go. */
    private record Removed(Segment segment, long endOffset, long dueMs) {}

    private final LogContext context;
    private final LogAppender appender;
    private final ArrayDeque<Removed> removed = new ArrayDeque<>();
    /** What may be deleted now, on another thread: a gigabyte takes a file system several tenths of a second. */
    private final Queue<SegmentFiles> deletable = new ConcurrentLinkedQueue<>();
    /** Segments that compaction has replaced, and whose names are about to change. */
    private @Nullable SegmentSwap swap;

    LogTrimmer(LogContext context, LogAppender appender) {
        this.context = context;
        this.appender = appender;
    }

    /** Segments that are still on the disk though they left the log. */
    List<Segment> waiting() {
        List<Segment> waiting = new ArrayList<>(swap == null ? List.of() : swap.sources());
        removed.forEach(each -> waiting.add(each.segment()));
        return waiting;
    }

    void beginSwap(SegmentSwap begun) {
        swap = begun;
    }

    /** The swap is durable: what the replaced segments have said about offsets and producers, their successor says. */
    void endSwap(long nowMs) {
        if (swap != null) {
            for (Segment replaced : swap.sources()) {
                removed.add(new Removed(replaced, 0, nowMs + context.config.fileDeleteDelayMs()));
            }
            swap = null;
        }
    }

    /** Removes closed segments that are too old or too many, as Kafka decides. Returns how many. */
    int applyRetention(long nowMs) throws IOException {
        LogConfig now = context.config;
        rollForCompaction(now, nowMs);
        if (!now.deletes()) {
            return removeBefore(context.published.logStartOffset(), nowMs);
        }
        if (isExpired(context.published.active(), now, nowMs)
                && context.published.visible().endOffset == appender.nextOffset()) {
            appender.roll(nowMs);
        }
        int count = LogRetention.removableCount(context.published, now, nowMs);
        if (count > 0) {
            long newStart = context.published.segments()[count].baseOffset();
            moveStart(Math.max(newStart, context.published.logStartOffset()));
        }
        return removeBefore(context.published.logStartOffset(), nowMs);
    }

    /** So that {@code max.compaction.lag.ms} holds although nothing is appended. */
    private void rollForCompaction(LogConfig now, long nowMs) throws IOException {
        if (now.compacts()
                && context.published.active().ageMs(nowMs, nowMs)
                        > now.compaction().maxLagMs()
                && context.published.visible().endOffset == appender.nextOffset()) {
            appender.roll(nowMs);
        }
    }

    private static boolean isExpired(Segment segment, LogConfig now, long nowMs) {
        return segment.stagedEnd() > 0 && LogRetention.isExpired(segment, now, nowMs);
    }

    /** See {@link PartitionLog#deleteRecordsBefore}. */
    ErrorCode deleteRecordsBefore(long offset, long nowMs) throws IOException {
        long visibleEnd = context.published.visible().endOffset;
        long newStart = offset == -1 ? visibleEnd : offset;
        if (newStart < 0 || newStart > visibleEnd) {
            return ErrorCode.OFFSET_OUT_OF_RANGE;
        }
        if (newStart > context.published.logStartOffset()) {
            moveStart(newStart);
            removeBefore(newStart, nowMs);
        }
        return ErrorCode.NONE;
    }

    private void moveStart(long offset) {
        context.published.logStartOffset(offset);
        context.epochs.truncateFromStart(offset);
    }

    /** Takes whole segments before an offset out of the log; their files are deleted later. */
    private int removeBefore(long offset, long nowMs) throws IOException {
        Segment[] before = context.published.segments();
        int count = 0;
        while (count < before.length - 1 && before[count + 1].baseOffset() <= offset) {
            count++;
        }
        if (count == 0) {
            return 0;
        }
        context.published.segments(Arrays.copyOfRange(before, count, before.length));
        for (int i = 0; i < count; i++) {
            removed.add(new Removed(before[i], before[i + 1].baseOffset(), nowMs + context.config.fileDeleteDelayMs()));
        }
        context.producers.deleteOldSnapshots(context.directory, context.published.segments());
        context.namesChanged = true;
        return count;
    }

    /** See {@link PartitionLog#releaseRemoved}. */
    void releaseRemoved(long nowMs, long durableStart) {
        if (swap != null) {
            return; // the segment that it brings may be one of those that wait
        }
        Removed oldest = removed.peek();
        long deletableEnd = Math.min(durableStart, context.recoveryPoint);
        while (oldest != null && oldest.dueMs() <= nowMs && oldest.endOffset() <= deletableEnd) {
            oldest.segment().close();
            deletable.add(oldest.segment().files());
            removed.remove();
            oldest = removed.peek();
        }
    }

    boolean hasDeletableFiles() {
        return !deletable.isEmpty();
    }

    /** See {@link PartitionLog#deleteFiles}. */
    boolean deleteFiles() throws IOException {
        SegmentFiles next = deletable.peek();
        if (next == null) {
            return false;
        }
        // By its name only as long as the name is this log's.
        context.hold.with(next::delete);
        deletable.remove();
        return true;
    }

    /** Puts a log start of the journal back. Before the first append. */
    void replayLogStart(long offset, long nowMs) throws IOException {
        if (offset > context.published.logStartOffset()) {
            appender.writeStaged();
            moveStart(offset);
            goOnAtStart(nowMs);
            removeBefore(offset, nowMs);
        }
    }

    /** Records without a durable promise may be gone, and those before the start were deleted: then the log begins there. */
    void goOnAtStart(long nowMs) throws IOException {
        goOnAt(context.published.logStartOffset(), nowMs);
    }

    /**
     * The journal goes on at this offset: what is missing before it is no hole if all of it was deleted. So it is after (1)
     * segments were deleted up to the recovery point, which is not behind the log's start, (2) new ones were begun, (3) a power
     * loss brought the name of an old one back, and took those of the new ones.
     */
    void skipDeletedBefore(long offset, long nowMs) throws IOException {
        if (offset <= context.published.logStartOffset()) {
            goOnAt(offset, nowMs);
        }
    }

    /** The old segments go at once, or the next recovery would take the jump for a hole that the journal has to fill. */
    private void goOnAt(long start, long nowMs) throws IOException {
        if (appender.nextOffset() >= start) {
            return;
        }
        LOG.warn("{}: ends at {}, before its start; it goes on at {}", context.id, appender.nextOffset(), start);
        Segment[] before = context.published.segments();
        appender.rollTo(start, nowMs);
        context.published.segments(new Segment[] {context.published.active()});
        for (Removed gone : removed) {
            gone.segment().delete();
        }
        removed.clear();
        for (Segment segment : before) {
            segment.delete();
        }
        appender.moveTo(start);
        context.published.written(appender.endMark());
    }

    /** See {@link PartitionLog#truncateTo}. */
    void truncateTo(long endOffset, long nowMs) throws IOException {
        if (endOffset >= appender.nextOffset()) {
            return;
        }
        if (appender.hasStaged() || endOffset < context.published.logStartOffset()) {
            throw new IllegalStateException(context.id + " cannot be cut at " + endOffset + ", with start "
                    + context.published.logStartOffset() + " or batches staged");
        }
        while (swap != null && !swap.isDone()) {
            swap.step();
        }
        Segment[] before = context.published.segments();
        int last = Math.max(0, LogReader.floor(before, endOffset));
        Segment active = before[last];
        Segment.Located first = active.locate(endOffset, active.sizeBytes());
        long newEnd = first == null ? endOffset : endBefore(active, first, endOffset);
        context.cleaned.cutTo(context.resources.store(), context.directory, newEnd);
        context.published.segments(Arrays.copyOf(before, last + 1));
        for (int i = last + 1; i < before.length; i++) {
            before[i].delete();
        }
        active.truncateTo(first == null ? active.sizeBytes() : first.position(), newEnd);
        forgetBehind(newEnd, nowMs);
    }

    /**
     * Where the log ends when it is cut in front of a batch. Compaction leaves gaps between batches, and recovery would take one
     * at the end for a loss.
     */
    private long endBefore(Segment segment, Segment.Located batch, long endOffset) throws IOException {
        long end = Math.max(segment.baseOffset(), context.published.logStartOffset());
        long from = Math.max(segment.baseOffset(), endOffset - 1); // what the index has for it lies before the batch
        try (Segment.Scan scan = segment.scan(from, batch.position())) {
            while (scan.batches().next()) {
                end = Math.max(end, scan.batches().lastOffset() + 1);
            }
            if (scan.batches().fault() != null) {
                throw new CorruptLogException(segment + ": " + scan.batches().fault());
            }
        }
        return end;
    }

    private void forgetBehind(long newEnd, long nowMs) throws IOException {
        context.epochs.truncateFromEnd(newEnd);
        context.producers.rebuild(context.directory, context.published.segments(), newEnd, nowMs);
        context.recoveryPoint = Math.min(context.recoveryPoint, newEnd);
        context.namesChanged = true;
        appender.moveTo(newEnd);
        context.published.reset(appender.endMark());
    }
}
