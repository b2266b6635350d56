package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.Segment;
import io.millrace.broker.storage.segment.TimestampOffset;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What compaction needs of a log: segments that it may read, and to put one in the place of several. Owned by the
 * append thread, but for what is under "any thread".
 */
public final class LogCompactor {

    /** Segments that become one: enough, and their renaming does not take long. */
    private static final int SOURCES_MAX = 64;

    private final LogContext context;
    private final LogTrimmer trimmer;
    private int swaps;

    LogCompactor(LogContext context, LogTrimmer trimmer) {
        this.context = context;
        this.trimmer = trimmer;
    }

    // ---- any thread ----

    /**
     * What a compaction would look at. Reads the disk where the age of segments has to be known.
     *
     * @param durableStart the log's start as a restart would find it: nothing, while segments before the first may come back.
     *     Their records would seem to be compacted, and deletions of them may be gone
     */
    public CompactionPlan plan(long nowMs, long durableStart) throws IOException {
        int cuts = context.cleaned.cuts();
        LogMark visible = context.published.visible();
        Segment[] segments = context.published.segments();
        CompactionConfig config = context.config.compaction();
        long from = Math.max(context.cleaned.get(), segments[0].baseOffset());
        long cleanBytes = 0;
        long dirtyBytes = 0;
        boolean overdue = false;
        int count = 0;
        boolean hasFirst = segments[0].baseOffset() <= durableStart;
        while (hasFirst && count < segments.length - 1 && isSettled(segments, count, visible)) {
            Segment segment = segments[count];
            if (segments[count + 1].baseOffset() <= from) {
                cleanBytes += segment.sizeBytes();
            } else {
                if (isYoung(segment, config, nowMs)) {
                    break;
                }
                dirtyBytes += segment.sizeBytes();
                overdue = overdue || isOverdue(segment, config, nowMs);
            }
            count++;
        }
        List<Segment> touched = Arrays.asList(segments).subList(0, count + 1);
        return new CompactionPlan(from, touched, cleanBytes, dirtyBytes, overdue, cuts);
    }

    /** Whether a segment does not change any more, nor what is known of its records: not the one of the visible end either. */
    private boolean isSettled(Segment[] segments, int at, LogMark visible) {
        long end = segments[at + 1].baseOffset();
        return segments[at].baseOffset() < visible.segment.baseOffset()
                && end <= Math.min(visible.endOffset, visible.firstOpenOffset)
                && end <= context.recoveryPoint
                && !segments[at].isDirty();
    }

    private static boolean isYoung(Segment segment, CompactionConfig config, long nowMs) throws IOException {
        if (config.minLagMs() == 0) {
            return false;
        }
        if (segment.seenMaxTimestamp() == null) {
            segment.proveTimes().run(); // the index alone is no reason to remove a record
        }
        TimestampOffset newest = segment.seenMaxTimestamp();
        if (newest == null) {
            return true; // cut while we looked
        }
        return (newest.timestampMs() < 0 ? segment.createdMs() : newest.timestampMs()) > nowMs - config.minLagMs();
    }

    private static boolean isOverdue(Segment segment, CompactionConfig config, long nowMs) throws IOException {
        if (config.maxLagMs() == Long.MAX_VALUE) {
            return false;
        }
        long firstMs = segment.firstBatchTimestampMs();
        return firstMs >= 0 && firstMs < nowMs - config.maxLagMs();
    }

    /** Up to which offset the log is compacted. */
    public long cleanedOffset() {
        return context.cleaned.get();
    }

    // ---- append thread ----

    /** Begins a compaction. At most one at a time. Null when there is nothing to look at, or the log is out of service. */
    public @Nullable Compaction begin(CompactionPlan plan, CompactionLimits limits, long nowMs) {
        if (plan.dirtyBytes() == 0 || context.offlineReason() != null) {
            return null;
        }
        return new Compaction(context, this, plan, context.producers.table().newestOffsets(), limits, nowMs);
    }

    /**
     * Lets the log read a compacted segment from now on, in the place of those that it was made from.
     *
     * @param cuts of the log when the compaction began
     * @return null when the log has changed meanwhile, and everything stays as it is
     */
    @Nullable
    SegmentSwap replace(List<Segment> sources, Segment target, int cuts) {
        Segment[] before = context.published.segments();
        int at = Arrays.asList(before).indexOf(sources.get(0));
        if (at < 0
                || at + sources.size() >= before.length
                || !Arrays.asList(before).subList(at, at + sources.size()).equals(sources)
                || context.cleaned.cuts() != cuts) {
            return null;
        }
        List<Segment> after = new ArrayList<>(Arrays.asList(before));
        after.subList(at, at + sources.size()).clear();
        after.add(at, target);
        context.published.segments(after.toArray(Segment[]::new));
        SegmentSwap swap = new SegmentSwap(context, sources, target, ++swaps);
        trimmer.beginSwap(swap);
        return swap;
    }

    /** The swap is durable: the files of the old segments go in a while. */
    void endSwap(long nowMs) {
        trimmer.endSwap(nowMs);
    }

    // ---- pure ----

    /**
     * Which segments become one: neighbours, as long as the result is no larger than a segment may be.
     *
     * @param segments by offset; the last one only says where the one before ends
     */
    static List<List<Segment>> groups(List<Segment> segments, LogConfig config) {
        List<List<Segment>> groups = new ArrayList<>();
        List<Segment> group = new ArrayList<>();
        long bytes = 0;
        long indexBytes = 0;
        for (int i = 0; i < segments.size() - 1; i++) {
            Segment next = segments.get(i);
            long end = segments.get(i + 1).baseOffset();
            boolean fits = !group.isEmpty()
                    && group.size() < SOURCES_MAX
                    && bytes + next.sizeBytes() <= config.segmentBytes()
                    && indexBytes + next.indexBytes() <= config.segmentIndexBytes()
                    && end - group.get(0).baseOffset() <= Integer.MAX_VALUE;
            if (!fits) {
                group = new ArrayList<>();
                groups.add(group);
                bytes = 0;
                indexBytes = 0;
            }
            group.add(next);
            bytes += next.sizeBytes();
            indexBytes += next.indexBytes();
        }
        return groups;
    }
}
