package io.millrace.broker.storage;

import io.millrace.broker.storage.producer.SequenceVerdict;
import io.millrace.broker.storage.segment.RollLimits;
import io.millrace.broker.storage.segment.Segment;
import io.millrace.broker.storage.segment.SegmentSync;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of one partition replica: segments, producers and leader epochs.
 *
 * <p>An append has three steps. {@link #append} decides and gives offsets, on the append thread; {@link #writeStaged} writes
 * everything staged since the last call in one operation; {@link #onDurable} makes it visible once the journal's sync has
 * covered it. Reads come from any thread and see only what is visible.
 *
 * <p>Mutators are owned by the shard's append thread, {@link #onDurable} by whoever finishes syncs. An {@link IOException}
 * from a mutator leaves offsets without bytes behind them: the caller must take the log offline, and every further append is
 * refused.
 */
public final class PartitionLog {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionLog.class);

    /** The end of the log of at most twice this size is taken to be in the page cache. */
    private static final long HOT_BYTES = 16L << 20;

    /** A new snapshot is worth its write when recovery would otherwise walk over this much log. */
    private static final long SNAPSHOT_INTERVAL_BYTES = 8L << 20;

    /** A log that was opened, and what that took. */
    public record Recovered(PartitionLog log, RecoverySummary summary) {}

    /** A segment that is not part of the log any more, and when its files go. */
    private record Removed(Segment segment, long endOffset, long dueMs) {}

    private final LogId id;
    private final LogResources resources;
    private final ThreadOwner owner = new ThreadOwner();
    private final PublishedLog published;
    private final LogReader reader;
    private final LeaderEpochs epochs;
    private final ProducerState producers;
    private final List<LogListener> listeners = new CopyOnWriteArrayList<>();
    private final ArrayDeque<Removed> removed = new ArrayDeque<>();

    private volatile LogConfig config;
    private volatile Path directory;
    private final DirectoryHold hold = new DirectoryHold();
    private volatile @Nullable String offlineReason;
    private volatile long recoveryPoint;
    /** Reads from here on are expected to find their bytes in memory. */
    private volatile long hotOffset;

    // Append thread only.
    private final ArrayList<ByteBuffer> staged = new ArrayList<>();
    private long nextOffset;
    private long nextHotOffset;
    private long bytesSinceHotStep;
    private long bytesSinceSnapshot;
    private boolean appendedSinceOpen;
    /** The first checkpoint syncs the directory, whether recovery created a file or not. */
    private boolean namesChanged = true;

    private long recordsSinceSync;
    private long oldestUnsyncedMs = Long.MAX_VALUE;
    private @Nullable LogCheckpoint lastCheckpoint;
    private boolean cutInRecovery;

    private PartitionLog(
            LogId id,
            Path directory,
            LogConfig config,
            LogResources resources,
            Segment[] segments,
            LeaderEpochs epochs,
            ProducerState producers,
            long logStartOffset,
            long endOffset,
            long recoveryPoint) {
        this.id = id;
        this.directory = directory;
        this.config = config;
        this.resources = resources;
        this.epochs = epochs;
        this.producers = producers;
        this.nextOffset = endOffset;
        this.hotOffset = endOffset;
        this.nextHotOffset = endOffset;
        this.recoveryPoint = recoveryPoint;
        Segment active = segments[segments.length - 1];
        LogMark end = new LogMark(
                endOffset, active, active.sizeBytes(), producers.table().firstOpenOffset());
        this.published = new PublishedLog(segments, logStartOffset, end);
        this.reader = new LogReader(published);
    }

    /**
     * Creates the directory and an empty log, durable when it returns except for the directory's own name. What may lie
     * there belongs to an earlier topic of this name, whose removal a crash has undone, and goes.
     */
    public static PartitionLog create(LogId id, Path directory, LogConfig config, LogResources resources, long nowMs)
            throws IOException {
        if (resources.store().exists(directory)) {
            LOG.warn("{}: removing what an earlier topic of this name has left in {}", id, directory);
            resources.store().deleteTree(directory);
        }
        resources.store().createDirectories(directory);
        PartitionMetadataFile.write(resources.store(), directory, id.topicId());
        PartitionLog log =
                open(id, directory, config, resources, OpenState.UNKNOWN, nowMs).log();
        resources.store().syncDirectory(directory);
        return log;
    }

    /**
     * Takes up a log that is on disk. All that was found is visible at once, so the caller replays its journal and calls
     * {@link #finishRecovery} before it lets anybody read.
     *
     * @throws CorruptLogException when acknowledged bytes are damaged or missing; the files are left as they are
     */
    public static Recovered open(
            LogId id, Path directory, LogConfig config, LogResources resources, OpenState state, long nowMs)
            throws IOException {
        LogRecovery recovery = new LogRecovery(id, directory, config, resources, state, nowMs);
        recovery.run();
        Segment[] segments = recovery.segments().toArray(Segment[]::new);
        ProducerState producers = new ProducerState(resources.store());
        boolean deletedSnapshots = producers.rebuild(directory, segments, recovery.endOffset(), nowMs);
        PartitionLog log = new PartitionLog(
                id,
                directory,
                config,
                resources,
                segments,
                recovery.epochs(),
                producers,
                Math.max(state.logStartOffset(), segments[0].baseOffset()),
                recovery.endOffset(),
                state.recoveryPoint());
        log.cutInRecovery = recovery.hasCut() || deletedSnapshots;
        return new Recovered(log, recovery.summary());
    }

    /** Which partition a directory belongs to: the id from its metadata file, the rest from its name. Null when unknown. */
    public static @Nullable LogId readId(FileStore store, Path directory) throws IOException {
        String name = directory.getFileName().toString();
        int dash = name.lastIndexOf('-');
        UUID topicId = PartitionMetadataFile.read(store, directory);
        if (topicId == null || dash <= 0) {
            return null;
        }
        try {
            return new LogId(name.substring(0, dash), topicId, Integer.parseInt(name.substring(dash + 1)));
        } catch (NumberFormatException notAPartition) {
            return null;
        }
    }

    // ---- append thread: append ----

    /**
     * Gives batches their place at the end of the log. Nothing is retained: the bytes are patched in place, and must stay
     * alive and unchanged until {@link #writeStaged} has returned.
     *
     * @param records whole batches that {@code BatchValidator} has accepted
     * @param leaderEpoch written into the batches, except for {@link AppendOrigin#REPLICATION}
     */
    public AppendResult append(ByteBuf records, int leaderEpoch, AppendOrigin origin, long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        if (offlineReason != null) {
            return refused(ErrorCode.KAFKA_STORAGE_ERROR, offlineReason);
        }
        if (origin != AppendOrigin.REPLICATION && leaderEpoch < epochs.latest()) {
            // It was checked against an older image, and one with a newer epoch has overtaken it.
            return refused(ErrorCode.NOT_LEADER_OR_FOLLOWER, "epoch " + leaderEpoch + " has ended");
        }
        AppendResult answer = check(records, origin);
        if (answer != null) {
            return answer;
        }
        boolean assigns = origin != AppendOrigin.REPLICATION;
        long appendTimeMs = assigns && config.logAppendTime() ? nowMs : -1;
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
            takeOffline(e);
            throw e;
        }
        return AppendResult.appended(baseOffset, nextOffset - 1, appendTimeMs, published.logStartOffset());
    }

    /** An answer that needs no append, or null. Changes nothing. */
    private @Nullable AppendResult check(ByteBuf records, AppendOrigin origin) {
        int end = records.writerIndex();
        int at = records.readerIndex();
        long expected = nextOffset;
        for (; at < end; at += RecordBatch.length(records, at)) {
            if (origin == AppendOrigin.REPLICATION) {
                if (RecordBatch.baseOffset(records, at) < expected) {
                    return refused(
                            ErrorCode.OFFSET_OUT_OF_RANGE,
                            "batch at " + RecordBatch.baseOffset(records, at) + " where the log ends at " + expected);
                }
                expected = RecordBatch.lastOffset(records, at) + 1;
            } else if (at > records.readerIndex() && RecordBatch.producerId(records, at) >= 0) {
                return refused(ErrorCode.INVALID_RECORD, "a producer with an id sends one batch at a time");
            }
            SequenceVerdict verdict = producers.table().check(records, at, origin);
            if (verdict instanceof SequenceVerdict.Duplicate duplicate) {
                return AppendResult.duplicate(
                        duplicate.baseOffset(),
                        duplicate.lastOffset(),
                        duplicate.timestampMs(),
                        published.logStartOffset());
            }
            if (verdict instanceof SequenceVerdict.Refused refusal) {
                return refused(refusal.error(), refusal.message());
            }
            if (origin == AppendOrigin.COORDINATOR && isFencedMarker(records, at)) {
                return refused(ErrorCode.TRANSACTION_COORDINATOR_FENCED, "a newer coordinator has ended a transaction");
            }
        }
        return null;
    }

    private boolean isFencedMarker(ByteBuf records, int at) {
        if (!RecordBatch.isControl(records, at)) {
            return false;
        }
        TransactionMarker marker = TransactionMarker.read(records, at);
        return marker != null
                && marker.coordinatorEpoch() < producers.table().coordinatorEpoch(RecordBatch.producerId(records, at));
    }

    private AppendResult refused(ErrorCode error, String message) {
        return AppendResult.refused(error, message, published.logStartOffset());
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
        Segment.BatchSpan span =
                new Segment.BatchSpan(RecordBatch.lastOffset(records, at), size, RecordBatch.maxTimestamp(records, at));
        LogConfig now = config;
        if (published.active().isFull(rollLimits(now), span, nowMs)) {
            rollTo(baseOffset, nowMs);
        }
        epochs.assign(RecordBatch.partitionLeaderEpoch(records, at), baseOffset);
        published.active().stage(span, now.indexIntervalBytes());
        stageBytes(records, at, size);
        producers.apply(records, at, nowMs);
        recordsSinceSync += span.lastOffset() + 1 - nextOffset;
        oldestUnsyncedMs = Math.min(oldestUnsyncedMs, nowMs);
        nextOffset = span.lastOffset() + 1;
        bytesSinceSnapshot += size;
        appendedSinceOpen = true;
        noteHot(size);
    }

    private void stageBytes(ByteBuf records, int at, int size) {
        if (records.nioBufferCount() == 1) {
            staged.add(records.nioBuffer(at, size));
        } else {
            staged.addAll(Arrays.asList(records.nioBuffers(at, size)));
        }
    }

    private RollLimits rollLimits(LogConfig now) {
        return new RollLimits(now.segmentBytes(), now.segmentMs() - jitterMs(now), now.segmentIndexBytes());
    }

    /** Spread over partitions by their name, so that a restart does not change it. */
    private long jitterMs(LogConfig now) {
        long max = Math.min(now.segmentJitterMs(), now.segmentMs());
        return max <= 0 ? 0 : Math.floorMod(id.directoryName().hashCode() * 0x9E3779B97F4A7C15L, max);
    }

    private void noteHot(int size) {
        bytesSinceHotStep += size;
        if (bytesSinceHotStep >= HOT_BYTES) {
            hotOffset = nextHotOffset;
            nextHotOffset = nextOffset;
            bytesSinceHotStep = 0;
        }
    }

    /** Whether an append waits for {@link #writeStaged}. */
    public boolean hasStaged() {
        return !staged.isEmpty();
    }

    /** Writes all that is staged with one gathering write, after which the log's end includes it. */
    public void writeStaged() throws IOException {
        assert owner.isCurrent() : owner;
        if (staged.isEmpty()) {
            return;
        }
        requireOnline();
        Segment active = published.active();
        try {
            active.write(staged.toArray(ByteBuffer[]::new));
        } catch (IOException | RuntimeException e) {
            takeOffline(e);
            throw e;
        }
        staged.clear();
        published.written(new LogMark(
                nextOffset, active, active.sizeBytes(), producers.table().firstOpenOffset()));
    }

    /**
     * Puts batches of the journal back at the offsets that they carry; those that the log has already are skipped. Before
     * the first append. The bytes must live until {@link #writeStaged}.
     */
    public ReplayOutcome replay(ByteBuf batches, long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        requireOnline();
        ReplayOutcome outcome = ReplayOutcome.PRESENT;
        int end = batches.writerIndex();
        for (int at = batches.readerIndex(); at < end; at += RecordBatch.length(batches, at)) {
            long baseOffset = RecordBatch.baseOffset(batches, at);
            if (RecordBatch.lastOffset(batches, at) < nextOffset) {
                continue;
            }
            if (baseOffset < nextOffset) {
                throw new CorruptLogException(
                        id + " ends at " + nextOffset + ", within the journal's batch at " + baseOffset);
            }
            if (baseOffset > nextOffset) {
                LOG.warn("{}: ends at {}, the journal goes on at {}: ignored", id, nextOffset, baseOffset);
                return ReplayOutcome.BEYOND;
            }
            stage(batches, at, nowMs);
            outcome = ReplayOutcome.RESTORED;
        }
        return outcome;
    }

    /** Puts a log start of the journal back. Before the first append. */
    public void replayLogStart(long offset, long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        requireOnline();
        if (offset > published.logStartOffset()) {
            writeStaged();
            moveStart(offset);
            goOnAtStart(nowMs);
            removeBefore(offset, nowMs);
        }
    }

    /**
     * Records without a durable promise may be gone, and those before the start were deleted: then the log begins there.
     * Its old segments go at once, or the next recovery would take the jump for a hole that the journal has to fill.
     */
    private void goOnAtStart(long nowMs) throws IOException {
        long start = published.logStartOffset();
        if (nextOffset >= start) {
            return;
        }
        LOG.warn("{}: ends at {}, before its start; it goes on at {}", id, nextOffset, start);
        Segment[] before = published.segments();
        rollTo(start, nowMs);
        published.segments(new Segment[] {published.active()});
        for (Removed gone : removed) {
            gone.segment().delete();
        }
        removed.clear();
        for (Segment segment : before) {
            segment.delete();
        }
        nextOffset = start;
        published.written(new LogMark(start, published.active(), 0, Long.MAX_VALUE));
    }

    /**
     * Ends recovery: what readers see from now on survives, in the journal or in the segments. A log that was closed in
     * order, or whose end the journal has, costs nothing; another one is synced. So is one that was cut, because the bytes
     * behind the cut could be back after the next power loss, in the place of acknowledged ones.
     *
     * @param interrupted a recovery before this one did not come to its end, and what it cut may not be on the disk yet
     * @param journalEnd end offset of the last batch that the journal has of this log, -1 for none. The journal keeps its
     *     batches until they are in synced segments
     */
    public void finishRecovery(long journalEnd, boolean interrupted, long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        writeStaged();
        goOnAtStart(nowMs);
        if (interrupted || cutInRecovery || (isDirty() && journalEnd < nextOffset)) {
            checkpoint();
        }
        onDurable(nextOffset);
    }

    // ---- whoever finishes syncs ----

    /** Everything before this offset is durable under the topic's mode: it becomes visible, and listeners are told. */
    public void onDurable(long endOffset) {
        if (published.advance(endOffset) && !listeners.isEmpty()) {
            long visible = published.visible().endOffset;
            for (LogListener listener : listeners) {
                try {
                    listener.onVisibleEnd(this, visible);
                } catch (RuntimeException e) {
                    // It is durable and stays so, whoever could not be told; the event loop may be gone.
                    LOG.warn("{}: a listener failed; the others go on", id, e);
                }
            }
        }
    }

    // ---- append thread: segments ----

    /** Ends the active segment, unless it is empty. */
    public void roll(long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        if (published.active().stagedEnd() > 0) {
            rollTo(nextOffset, nowMs);
        }
    }

    private void rollTo(long baseOffset, long nowMs) throws IOException {
        writeStaged();
        published.active().seal();
        snapshotProducers();
        Segment next = Segment.create(resources.openFiles(), directory, baseOffset, nowMs);
        namesChanged = true;
        Segment[] before = published.segments();
        Segment[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = next;
        published.segments(after);
    }

    /** Removes closed segments that are too old or too many, as Kafka decides. Returns how many. */
    public int applyRetention(long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        LogConfig now = config;
        if (!now.deletes()) {
            return removeBefore(published.logStartOffset(), nowMs);
        }
        if (isExpired(published.active(), now, nowMs) && published.visible().endOffset == nextOffset) {
            roll(nowMs);
        }
        int count = LogRetention.removableCount(published, now, nowMs);
        if (count > 0) {
            long newStart = published.segments()[count].baseOffset();
            moveStart(Math.max(newStart, published.logStartOffset()));
        }
        return removeBefore(published.logStartOffset(), nowMs);
    }

    private static boolean isExpired(Segment segment, LogConfig now, long nowMs) throws IOException {
        return segment.stagedEnd() > 0 && LogRetention.isExpired(segment, now, nowMs);
    }

    /**
     * Lets the log begin later (DeleteRecords). The caller makes the new start durable before it answers.
     *
     * @param offset -1 for everything that is visible
     * @return OFFSET_OUT_OF_RANGE when the offset lies beyond what is visible, else NONE
     */
    public ErrorCode deleteRecordsBefore(long offset, long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        long visibleEnd = published.visible().endOffset;
        long newStart = offset == -1 ? visibleEnd : offset;
        if (newStart < 0 || newStart > visibleEnd) {
            return ErrorCode.OFFSET_OUT_OF_RANGE;
        }
        if (newStart > published.logStartOffset()) {
            moveStart(newStart);
            removeBefore(newStart, nowMs);
        }
        return ErrorCode.NONE;
    }

    private void moveStart(long offset) {
        published.logStartOffset(offset);
        epochs.truncateFromStart(offset);
    }

    /** Takes whole segments before an offset out of the log; their files are deleted later. */
    private int removeBefore(long offset, long nowMs) throws IOException {
        Segment[] before = published.segments();
        int count = 0;
        while (count < before.length - 1 && before[count + 1].baseOffset() <= offset) {
            count++;
        }
        if (count == 0) {
            return 0;
        }
        published.segments(Arrays.copyOfRange(before, count, before.length));
        for (int i = 0; i < count; i++) {
            removed.add(new Removed(before[i], before[i + 1].baseOffset(), nowMs + config.fileDeleteDelayMs()));
        }
        producers.deleteOldSnapshots(directory, published.segments());
        namesChanged = true;
        return count;
    }

    /**
     * Deletes the files of segments that were removed long enough ago.
     *
     * <p>Not before the log's new start is on the disk: after a power loss the names that were deleted may be back, all or
     * some, and recovery must be able to tell them from a log with a hole. And not before a checkpoint has synced the
     * snapshot at their end, which holds what they say about producers.
     *
     * @param durableStart the log's start as a restart would find it
     */
    public void deleteRemoved(long nowMs, long durableStart) throws IOException {
        assert owner.isCurrent() : owner;
        Removed oldest = removed.peek();
        long deletableEnd = Math.min(durableStart, recoveryPoint);
        while (oldest != null && oldest.dueMs() <= nowMs && oldest.endOffset() <= deletableEnd) {
            oldest.segment().delete();
            removed.remove();
            oldest = removed.peek();
        }
    }

    /**
     * Cuts the log so that it ends at an offset, or before the batch that holds it. Nothing may be staged or waiting for a
     * sync.
     */
    public void truncateTo(long endOffset, long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        requireOnline();
        if (endOffset >= nextOffset) {
            return;
        }
        if (!staged.isEmpty() || endOffset < published.logStartOffset()) {
            throw new IllegalStateException(id + " cannot be cut at " + endOffset + " with " + staged.size()
                    + " batches staged and start " + published.logStartOffset());
        }
        Segment[] before = published.segments();
        int last = Math.max(0, LogReader.floor(before, endOffset));
        Segment active = before[last];
        Segment.Located first = active.locate(endOffset, active.sizeBytes());
        nextOffset = first == null ? endOffset : Math.min(endOffset, first.baseOffset());
        published.segments(Arrays.copyOf(before, last + 1));
        for (int i = last + 1; i < before.length; i++) {
            before[i].delete();
        }
        if (first != null) {
            active.truncateTo(first.position(), nextOffset);
        }
        epochs.truncateFromEnd(nextOffset);
        producers.rebuild(directory, published.segments(), nextOffset, nowMs);
        recoveryPoint = Math.min(recoveryPoint, nextOffset);
        hotOffset = Math.min(hotOffset, nextOffset);
        namesChanged = true;
        published.reset(new LogMark(
                nextOffset, active, active.sizeBytes(), producers.table().firstOpenOffset()));
    }

    // ---- append thread: upkeep ----

    public void updateConfig(LogConfig newConfig) {
        config = newConfig;
    }

    /** Forgets producers that have been silent for {@code producer.id.expiration.ms}. */
    public void expireProducers(long nowMs) {
        assert owner.isCurrent() : owner;
        producers.table().expire(nowMs, config.producerIdExpirationMs());
    }

    /** Copies of the producers for DescribeProducers. */
    public List<ProducerStateView> producers() {
        assert owner.isCurrent() : owner;
        return producers.table().views();
    }

    /** Whether {@code flush.messages} or {@code flush.ms} asks for a checkpoint now. */
    public boolean isFlushDue(long nowMs) {
        return recordsSinceSync >= config.flushMessages()
                || (recordsSinceSync > 0 && nowMs - oldestUnsyncedMs >= config.flushMs());
    }

    /** Whether something was appended that no checkpoint covers. */
    public boolean isDirty() {
        return recoveryPoint < nextOffset;
    }

    /** Begins to make everything durable that has been appended so far. */
    public LogCheckpoint beginCheckpoint() throws IOException {
        assert owner.isCurrent() : owner;
        writeStaged();
        requireOnline();
        if (bytesSinceSnapshot >= SNAPSHOT_INTERVAL_BYTES) {
            snapshotProducers();
        }
        List<SegmentSync> syncs = new ArrayList<>();
        // Those that wait for deletion too: until then they must not be found with a hole in front of the others.
        for (Removed gone : removed) {
            beginSync(gone.segment(), syncs);
        }
        for (Segment segment : published.segments()) {
            beginSync(segment, syncs);
        }
        boolean names = namesChanged;
        namesChanged = false;
        recordsSinceSync = 0;
        oldestUnsyncedMs = Long.MAX_VALUE;
        LogCheckpoint next = new LogCheckpoint(
                resources.store(),
                directory,
                hold,
                nextOffset,
                syncs,
                epochs.takeChanges(),
                producers.takeUnsynced(),
                names,
                lastCheckpoint);
        lastCheckpoint = next;
        return next;
    }

    private static void beginSync(Segment segment, List<SegmentSync> syncs) throws IOException {
        SegmentSync sync = segment.beginSync();
        if (sync != null) {
            syncs.add(sync);
        }
    }

    /** The checkpoint's syncs have all succeeded: recovery need not look at what is before it. */
    public void finishCheckpoint(LogCheckpoint done) throws IOException {
        assert owner.isCurrent() : owner;
        recoveryPoint = Math.max(recoveryPoint, Math.min(done.endOffset(), nextOffset));
        producers.deleteOldSnapshots(directory, published.segments());
    }

    /** All steps of a checkpoint at once, on the append thread. */
    public void checkpoint() throws IOException {
        LogCheckpoint checkpoint = beginCheckpoint();
        try {
            checkpoint.sync();
        } catch (IOException | RuntimeException e) {
            takeOffline(e);
            throw e;
        }
        finishCheckpoint(checkpoint);
    }

    private void snapshotProducers() throws IOException {
        if (producers.newestSnapshot() != nextOffset) {
            producers.writeSnapshot(directory, nextOffset);
            namesChanged = true;
        }
        bytesSinceSnapshot = 0;
    }

    /** Writes and syncs everything, so that the next start need not check this log, and closes the files. */
    public void close() throws IOException {
        assert owner.isCurrent() : owner;
        try {
            if (offlineReason == null) {
                writeStaged();
                if (appendedSinceOpen) {
                    published.active().writeIndexes();
                    snapshotProducers();
                }
                if (isDirty()) {
                    checkpoint();
                }
            }
        } finally {
            abandon();
        }
    }

    /** Closes the files as they are, for example when their disk has failed. Slices in flight keep theirs. */
    public void abandon() {
        if (offlineReason == null) {
            offlineReason = "the log is closed";
        }
        staged.clear();
        for (Segment segment : published.segments()) {
            segment.close();
        }
        removed.forEach(gone -> gone.segment().close());
    }

    /** Closes the log and moves its directory aside, so that the name is free at once. The caller deletes the tree. */
    public Path moveAside() throws IOException {
        assert owner.isCurrent() : owner;
        abandon();
        hold.release();
        directory = moveAside(resources.store(), id, directory);
        return directory;
    }

    /** Moves a directory that no open log uses aside. */
    public static Path moveAside(FileStore store, LogId id, Path directory) throws IOException {
        String name = UUID.randomUUID().toString().replace("-", "");
        Path aside = directory.resolveSibling(LogDirectories.asideName(id, name));
        store.move(directory, aside);
        return aside;
    }

    /** Refuses all further appends: after a failed write or sync nobody knows what is on the disk. */
    public void takeOffline(Throwable cause) {
        if (offlineReason == null) {
            offlineReason = "the log is offline: " + cause;
            LOG.error("{} goes offline", id, cause);
        }
    }

    private void requireOnline() throws IOException {
        String reason = offlineReason;
        if (reason != null) {
            throw new IOException(id + ": " + reason);
        }
    }

    /** Lets another thread become the owner, after recovery. */
    public void releaseOwner() {
        owner.release();
    }

    // ---- any thread ----

    public LogId id() {
        return id;
    }

    public LogConfig config() {
        return config;
    }

    public Path directory() {
        return directory;
    }

    public boolean isOffline() {
        return offlineReason != null;
    }

    public LogView view() {
        return published.view();
    }

    public long logStartOffset() {
        return published.logStartOffset();
    }

    public long visibleEndOffset() {
        return published.visible().endOffset;
    }

    /** End of what is written to the segment. */
    public long logEndOffset() {
        return published.written().endOffset;
    }

    /** Everything before is on the disk, in the segments. */
    public long recoveryPoint() {
        return recoveryPoint;
    }

    public long sizeBytes() {
        return published.view().sizeBytes();
    }

    /** Reads from an offset on, up to the visible end. May touch the disk unless {@link #isHot}. */
    public ReadResult read(long offset, int bytesMax, boolean atLeastOneBatch) {
        String reason = offlineReason;
        return reason != null
                ? ReadResult.failed(ErrorCode.KAFKA_STORAGE_ERROR, reason, published.view())
                : reader.read(offset, bytesMax, atLeastOneBatch);
    }

    /** Whether the bytes at an offset were written so recently that reading them should not wait for the disk. */
    public boolean isHot(long offset) {
        return offset >= hotOffset;
    }

    /** The first visible record with at least this timestamp, or NONE. Reads the disk. */
    public OffsetLookup offsetForTimestamp(long timestampMs) throws IOException {
        return reader.offsetForTimestamp(timestampMs);
    }

    /** The visible record with the largest timestamp, or NONE. Reads the disk. */
    public OffsetLookup maxTimestampOffset() throws IOException {
        return reader.maxTimestamp();
    }

    public OffsetLookup earliest() {
        long start = published.logStartOffset();
        return new OffsetLookup(start, -1, epochs.epochAt(start));
    }

    public OffsetLookup latest() {
        long end = published.visible().endOffset;
        return new OffsetLookup(end, -1, epochs.latest());
    }

    /** Where a leader epoch ended, as far as it is visible. */
    public EpochEnd endOffsetForEpoch(int epoch) {
        return epochs.endOf(epoch, published.visible().endOffset);
    }

    /** Newest leader epoch in the log, -1 when it has none. */
    public int latestEpoch() {
        return epochs.latest();
    }

    public void addListener(LogListener listener) {
        listeners.add(listener);
    }

    public void removeListener(LogListener listener) {
        listeners.remove(listener);
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
