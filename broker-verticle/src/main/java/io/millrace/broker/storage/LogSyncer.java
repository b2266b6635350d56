package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.Segment;
import io.millrace.broker.storage.segment.SegmentSync;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a log durable in its own files: the checkpoints. Owned by the append thread. */
final class LogSyncer {

    private static final Logger LOG = LoggerFactory.getLogger(LogSyncer.class);

    private final LogContext context;
    private final LogAppender appender;
    private final LogTrimmer trimmer;
    private @Nullable LogCheckpoint lastCheckpoint;
    private boolean lastFinished;

    LogSyncer(LogContext context, LogAppender appender, LogTrimmer trimmer) {
        this.context = context;
        this.appender = appender;
        this.trimmer = trimmer;
    }

    /** Whether something was appended that no checkpoint covers. */
    boolean isDirty() {
        return context.recoveryPoint < appender.nextOffset();
    }

    boolean hasUnsyncedClosedSegment() {
        Segment[] segments = context.published.segments();
        return Arrays.stream(segments, 0, segments.length - 1).anyMatch(Segment::isDirty);
    }

    /** Whether a checkpoint was begun and is not finished: it may still need files of segments that have left the log. */
    boolean isSyncing() {
        return lastCheckpoint != null && !lastFinished;
    }

    LogCheckpoint begin() throws IOException {
        context.requireOnline();
        appender.writeStaged();
        appender.onCheckpoint();
        List<SegmentSync> syncs = new ArrayList<>();
        // Those that wait for deletion too: until then they must not be found with a hole in front of the others.
        for (Segment gone : trimmer.waiting()) {
            beginSync(gone, syncs);
        }
        for (Segment segment : context.published.segments()) {
            beginSync(segment, syncs);
        }
        boolean names = context.namesChanged;
        context.namesChanged = false;
        LogCheckpoint next = new LogCheckpoint(
                context.resources.store(),
                context.directory,
                context.hold,
                appender.nextOffset(),
                syncs,
                context.epochs.takeChanges(),
                context.producers.takeUnsynced(),
                names,
                lastCheckpoint);
        lastCheckpoint = next;
        lastFinished = false;
        return next;
    }

    private static void beginSync(Segment segment, List<SegmentSync> syncs) throws IOException {
        SegmentSync sync = segment.beginSync();
        if (sync != null) {
            syncs.add(sync);
        }
    }

    void finish(LogCheckpoint done) throws IOException {
        lastFinished |= done == lastCheckpoint;
        context.recoveryPoint = Math.max(context.recoveryPoint, Math.min(done.endOffset(), appender.nextOffset()));
        context.producers.deleteOldSnapshots(context.directory, context.published.segments());
    }

    void run() throws IOException {
        LogCheckpoint checkpoint = begin();
        try {
            checkpoint.sync();
        } catch (IOException | RuntimeException e) {
            context.takeOffline(e);
            throw e;
        }
        finish(checkpoint);
    }

    /**
     * For a log that is about to go: answers that are on their way to a client find their bytes in the file. Where that fails,
     * perhaps because the disk is full, the log goes all the same, and perhaps makes room.
     */
    void writeForReaders() {
        if (context.offlineReason() != null) {
            return;
        }
        try {
            context.published.active().writeAll();
        } catch (IOException e) {
            LOG.warn(
                    "{}: deleted, and answers that are on their way from it may break off: {}",
                    context.id,
                    e.toString());
        }
    }

    /** The last checkpoint: with the indexes and the producers, so that the next start reads no batches. */
    void close() throws IOException {
        appender.writeStaged();
        if (appender.hasAppended()) {
            context.published.active().writeIndexes();
            appender.snapshotProducers();
        }
        // What an unfinished checkpoint has taken counts as clean.
        if (isDirty()
                || isSyncing()
                || Arrays.stream(context.published.segments()).anyMatch(Segment::isDirty)) {
            run();
        }
    }
}
