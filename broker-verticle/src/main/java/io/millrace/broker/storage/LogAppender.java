package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.RollLimits;
import io.millrace.broker.storage.segment.Segment;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing end of one log: gives batches their offsets, stages their bytes, writes what is staged, and begins a new
 * segment where the limits say. Owned by the append thread.
 */
final class LogAppender {

    private static final Logger LOG = LoggerFactory.getLogger(LogAppender.class);

    /** A new snapshot is worth its write when recovery would otherwise walk over this much log. */
    private static final long SNAPSHOT_INTERVAL_BYTES = 8L << 20;

    private final LogContext context;
    private final AppendCheck check;
    private final ArrayList<ByteBuffer> staged = new ArrayList<>();
    private long nextOffset;
    private boolean recovering = true;
    private long bytesSinceSnapshot;
    private boolean appendedSinceOpen;
    private long recordsSinceSync;
    private long oldestUnsyncedMs = Long.MAX_VALUE;

    LogAppender(LogContext context, long endOffset) {
        this.context = context;
        this.check = new AppendCheck(context.published, context.producers.table());
        this.nextOffset = endOffset;
    }

    /** The offset that the next batch gets. */
    long nextOffset() {
        return nextOffset;
    }

    /** Whether the log was changed since it was opened. */
    boolean hasAppended() {
        return appendedSinceOpen;
    }

    /** From now on the log is in service, and its newest bytes may wait in memory: the append thread has taken over. */
    void onRecovered() {
        recovering = false;
    }

    AppendResult append(ByteBuf records, int leaderEpoch, AppendOrigin origin, long nowMs) throws IOException {
        String offline = context.offlineReason();
        if (offline != null) {
            return AppendResult.refused(ErrorCode.KAFKA_STORAGE_ERROR, offline, context.published.logStartOffset());
        }
        if (origin != AppendOrigin.REPLICATION && leaderEpoch < context.epochs.latest()) {
            // It was checked against an older image, and one with a newer epoch has overtaken it.
            return AppendResult.refused(
                    ErrorCode.NOT_LEADER_OR_FOLLOWER,
                    "epoch " + leaderEpoch + " has ended",
                    context.published.logStartOffset());
        }
        AppendResult answer = check.check(records, origin, nextOffset);
        if (answer != null) {
            return answer;
        }
        boolean assigns = origin != AppendOrigin.REPLICATION;
        long appendTimeMs = assigns && context.config.logAppendTime() ? nowMs : -1;
        long baseOffset = assigns ? nextOffset : RecordBatch.baseOffset(records, records.readerIndex());
        try {
            int end = records.writerIndex();
            for (int at = records.readerIndex(); at < end; at += RecordBatch.length(records, at)) {
                if (assigns) {
                    assign(records, at, leaderEpoch, appendTimeMs);
                }
                stage(records, at, nowMs);
            }
        } catch (IOException | RuntimeException e) {
            context.takeOffline(e);
            throw e;
        }
        return AppendResult.appended(baseOffset, nextOffset - 1, appendTimeMs, context.published.logStartOffset());
    }

    private void assign(ByteBuf records, int at, int leaderEpoch, long appendTimeMs) {
        RecordBatch.setBaseOffset(records, at, nextOffset);
        RecordBatch.setLeaderEpoch(records, at, leaderEpoch);
        if (appendTimeMs >= 0) {
            RecordBatch.setLogAppendTime(records, at, appendTimeMs);
        }
    }

    /** Takes in a batch that has its final offsets. */
    private void stage(ByteBuf records, int at, long nowMs) throws IOException {
        int size = RecordBatch.length(records, at);
        long baseOffset = RecordBatch.baseOffset(records, at);
        Segment.BatchSpan span = new Segment.BatchSpan(
                baseOffset, RecordBatch.lastOffset(records, at), size, RecordBatch.maxTimestamp(records, at));
        LogConfig now = context.config;
        if (context.published.active().isFull(rollLimits(now), span, nowMs)) {
            rollTo(baseOffset, nowMs);
        }
        context.epochs.assign(RecordBatch.partitionLeaderEpoch(records, at), baseOffset);
        context.published.active().stage(span, now.indexIntervalBytes());
        stageBytes(records, at, size);
        context.producers.apply(records, at, nowMs);
        recordsSinceSync += span.lastOffset() + 1 - nextOffset;
        oldestUnsyncedMs = Math.min(oldestUnsyncedMs, nowMs);
        nextOffset = span.lastOffset() + 1;
        bytesSinceSnapshot += size;
        appendedSinceOpen = true;
    }

    private void stageBytes(ByteBuf records, int at, int size) {
        if (records.nioBufferCount() == 1) {
            staged.add(records.nioBuffer(at, size));
        } else {
            staged.addAll(Arrays.asList(records.nioBuffers(at, size)));
        }
    }

    private RollLimits rollLimits(LogConfig now) {
        long segmentMs = rollMs(now);
        return new RollLimits(now.segmentBytes(), segmentMs - jitterMs(now, segmentMs), now.segmentIndexBytes());
    }

    /** A record in the active segment is not compacted. */
    private static long rollMs(LogConfig now) {
        return now.compacts() ? Math.min(now.segmentMs(), now.compaction().maxLagMs()) : now.segmentMs();
    }

    /** Spread over partitions by their name, so that a restart does not change it. */
    private long jitterMs(LogConfig now, long segmentMs) {
        long max = Math.min(now.segmentJitterMs(), segmentMs);
        return max <= 0 ? 0 : Math.floorMod(context.id.directoryName().hashCode() * 0x9E3779B97F4A7C15L, max);
    }

    /** Whether an append waits for {@link #writeStaged}. */
    boolean hasStaged() {
        return !staged.isEmpty();
    }

    /**
     * Takes all that is staged into the active segment, after which the log's end includes it. Bytes that the journal is going
     * to have may wait in memory; those of topics that trust the page cache must be there.
     */
    void writeStaged() throws IOException {
        if (staged.isEmpty()) {
            return;
        }
        context.requireOnline();
        Segment active = context.published.active();
        try {
            active.write(staged.toArray(ByteBuffer[]::new), recovering ? null : context.resources.tails());
            if (context.config.durability() == Durability.OS) {
                active.writeAll();
            }
        } catch (IOException | RuntimeException e) {
            context.takeOffline(e);
            throw e;
        }
        staged.clear();
        context.published.written(endMark());
    }

    /** The end of what is written, as readers get to know it. */
    LogMark endMark() {
        Segment active = context.published.active();
        return new LogMark(
                nextOffset,
                active,
                active.sizeBytes(),
                context.producers.table().firstOpenOffset());
    }

    /** See {@link PartitionLog#replay}. */
    ReplayOutcome replay(ByteBuf batches, long nowMs) throws IOException {
        context.requireOnline();
        ReplayOutcome outcome = ReplayOutcome.PRESENT;
        int end = batches.writerIndex();
        for (int at = batches.readerIndex(); at < end; at += RecordBatch.length(batches, at)) {
            long baseOffset = RecordBatch.baseOffset(batches, at);
            if (RecordBatch.lastOffset(batches, at) < nextOffset) {
                continue;
            }
            if (baseOffset < nextOffset) {
                throw new CorruptLogException(
                        context.id + " ends at " + nextOffset + ", within the journal's batch at " + baseOffset);
            }
            if (baseOffset > nextOffset) {
                LOG.warn("{}: ends at {}, the journal goes on at {}: ignored", context.id, nextOffset, baseOffset);
                return ReplayOutcome.BEYOND;
            }
            stage(batches, at, nowMs);
            outcome = ReplayOutcome.RESTORED;
        }
        return outcome;
    }

    /** Ends the active segment, unless it is empty. */
    void roll(long nowMs) throws IOException {
        if (context.published.active().stagedEnd() > 0) {
            rollTo(nextOffset, nowMs);
        }
    }

    /** Ends the active segment, and begins one whose first offset is at least the given one. */
    void rollTo(long baseOffset, long nowMs) throws IOException {
        writeStaged();
        context.published.active().seal();
        snapshotProducers();
        Segment next = Segment.create(context.resources.openFiles(), context.directory, baseOffset, nowMs);
        context.namesChanged = true;
        Segment[] before = context.published.segments();
        Segment[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = next;
        context.published.segments(after);
        // The end of the log is in the new segment from now on, also when nothing follows for long: the old one is
        // closed.
        context.published.written(endMark());
        if (context.published.visible().endOffset == nextOffset) {
            context.published.advance(nextOffset);
        }
    }

    /** Goes on at another offset, in the active segment: after a jump or a cut. */
    void moveTo(long offset) {
        nextOffset = offset;
    }

    /** Drops what is staged, when the log is given up. */
    void abandon() {
        staged.clear();
    }

    /** Whether {@code flush.messages} or {@code flush.ms} asks for a checkpoint now. */
    boolean isFlushDue(long nowMs) {
        return recordsSinceSync >= context.config.flushMessages()
                || (recordsSinceSync > 0 && Math.abs(nowMs - oldestUnsyncedMs) >= context.config.flushMs());
    }

    /** A checkpoint of all that was appended has begun. */
    void onCheckpoint() throws IOException {
        if (bytesSinceSnapshot >= SNAPSHOT_INTERVAL_BYTES) {
            snapshotProducers();
        }
        recordsSinceSync = 0;
        oldestUnsyncedMs = Long.MAX_VALUE;
    }

    /** Writes the producer table as of the end of the log. */
    void snapshotProducers() throws IOException {
        if (context.producers.newestSnapshot() != nextOffset) {
            context.producers.writeSnapshot(context.directory, nextOffset);
            context.namesChanged = true;
        }
        bytesSinceSnapshot = 0;
    }
}
