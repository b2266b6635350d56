package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.Segment;
import io.millrace.broker.storage.segment.SegmentFiles;
import java.io.IOException;
import java.util.List;

/**
 * Gives a compacted segment, which the log reads already, the names of those whose place it has taken.
 *
 * <pre>
 *   name of the new log file   old files       on the disk counts
 *   ...log.cleaned             ...log          the old: recovery deletes the new
 *   ...log.swap                ...log          the new: recovery deletes the old, and goes on
 *   ...log.swap                ...deleted      the new
 *   ...log                     ...deleted      the new
 * </pre>
 *
 * <p>The old files' new names have a number: those that an earlier swap has replaced may still be there.
 *
 * <p>The directory is synced after each step, so a power loss shows one line or the next, or names of both. Readers that hold
 * an old segment find its files under the new names until they are deleted.
 *
 * <p>The cleaner thread takes the steps; the append thread takes those that are left, if the log is to be cut. Hence the lock.
 */
final class SegmentSwap {

    private static final int STEPS = 3;

    private final LogContext context;
    private final List<Segment> sources;
    private final Segment target;
    private final String deletedEnding;
    private int done;

    /** @param number of the swap, since the log was opened */
    SegmentSwap(LogContext context, List<Segment> sources, Segment target, int number) {
        this.context = context;
        this.sources = sources;
        this.target = target;
        this.deletedEnding = "." + number + SegmentFiles.DELETED;
    }

    List<Segment> sources() {
        return sources;
    }

    synchronized boolean isDone() {
        return done == STEPS;
    }

    /** Takes the next step, if one is left. After a failure nobody knows which names are on the disk. */
    synchronized void step() throws IOException {
        if (!isDone()) {
            context.hold.with(this::renameNext);
            done++;
        }
    }

    private void renameNext() throws IOException {
        switch (done) {
            case 0 -> target.files().renameLog(SegmentFiles.SWAP);
            case 1 -> {
                for (Segment source : sources) {
                    source.files().rename(deletedEnding);
                }
            }
            default -> target.files().rename("");
        }
        context.resources.store().syncDirectory(context.directory);
    }
}
