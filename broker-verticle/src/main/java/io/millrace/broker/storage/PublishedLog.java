package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.Segment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The state of a log that readers see. The append thread replaces the segments, the start and the written mark; whoever
 * finishes syncs moves the visible mark; any thread reads.
 *
 * <p>Readers take the visible mark first and the segments after it: a segment is published before any mark in it.
 */
final class PublishedLog {

    private static final VarHandle VISIBLE;

    static {
        try {
            VISIBLE = MethodHandles.lookup().findVarHandle(PublishedLog.class, "visible", LogMark.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile LogMark visible;
    private volatile LogMark written;
    /** By base offset, never empty. Replaced, never changed. */
    private volatile Segment[] segments;

    /** Bytes of all segments but the active one. */
    private volatile long closedBytes;

    private volatile long logStartOffset;

    PublishedLog(Segment[] segments, long logStartOffset, LogMark end) {
        this.segments = segments;
        this.closedBytes = closedBytes(segments);
        this.logStartOffset = logStartOffset;
        this.written = end;
        this.visible = end;
    }

    LogMark visible() {
        return visible;
    }

    LogMark written() {
        return written;
    }

    Segment[] segments() {
        return segments;
    }

    Segment active() {
        Segment[] now = segments;
        return now[now.length - 1];
    }

    long logStartOffset() {
        return logStartOffset;
    }

    LogView view() {
        return view(visible);
    }

    LogView view(LogMark seen) {
        Segment[] now = segments;
        return new LogView(
                logStartOffset,
                Math.min(seen.firstOpenOffset, seen.endOffset),
                seen.endOffset,
                Math.max(written.endOffset, seen.endOffset),
                closedBytes + now[now.length - 1].sizeBytes(),
                now.length);
    }

    // ---- append thread ----

    void segments(Segment[] next) {
        segments = next;
        closedBytes = closedBytes(next);
    }

    private static long closedBytes(Segment[] segments) {
        long bytes = 0;
        for (int i = 0; i < segments.length - 1; i++) {
            bytes += segments[i].sizeBytes();
        }
        return bytes;
    }

    void logStartOffset(long offset) {
        logStartOffset = offset;
    }

    void written(LogMark mark) {
        LogMark previous = written;
        written = mark;
        previous.next = mark;
    }

    /** After a truncation: nobody syncs or reads beyond the new end any more. */
    void reset(LogMark end) {
        LogMark seen = visible;
        if (seen.endOffset < end.endOffset) {
            LogMark start = seen.unlinked();
            start.next = end;
            visible = start;
        } else {
            visible = end;
        }
        written = end;
    }

    // ---- whoever finished a sync ----

    /** Moves the visible end to the last mark at or before an offset. Returns whether it moved. */
    boolean advance(long durableEndOffset) {
        while (true) {
            LogMark from = visible;
            LogMark to = from;
            LogMark next = to.next;
            while (next != null && next.endOffset <= durableEndOffset) {
                to = next;
                next = to.next;
            }
            if (to == from) {
                return false;
            }
            if (VISIBLE.compareAndSet(this, from, to)) {
                return true;
            }
        }
    }
}
