package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.Segment;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Path;
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

    /** A log that was opened, and what that took. */
    public record Recovered(PartitionLog log, RecoverySummary summary) {}

    private final LogContext context;
    private final PublishedLog published;
    private final LogReader reader;
    private final LogAppender appender;
    private final LogTrimmer trimmer;
    private final LogSyncer syncer;
    private final SegmentAges ages;
    private final LogCompactor compactor;
    private final ThreadOwner owner = new ThreadOwner();
    private final List<LogListener> listeners = new CopyOnWriteArrayList<>();
    /** What recovery cut is not on the disk yet. */
    private boolean cutInRecovery;

    private PartitionLog(LogContext context, long endOffset, boolean cutInRecovery) {
        this.context = context;
        this.published = context.published;
        this.reader = new LogReader(context.published);
        this.appender = new LogAppender(context, endOffset);
        this.trimmer = new LogTrimmer(context, appender);
        this.syncer = new LogSyncer(context, appender, trimmer);
        this.ages = new SegmentAges(context);
        this.compactor = new LogCompactor(context, trimmer);
        this.cutInRecovery = cutInRecovery;
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
        log.appender.onRecovered();
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
        Segment active = segments[segments.length - 1];
        LogMark end = new LogMark(
                recovery.endOffset(),
                active,
                active.sizeBytes(),
                producers.table().firstOpenOffset());
        CleanedOffset cleaned = CleanedOffset.read(resources.store(), directory);
        boolean forgot = cleaned.forgetBeyond(resources.store(), directory, recovery.endOffset());
        long logStartOffset = Math.max(state.logStartOffset(), segments[0].baseOffset());
        LogContext context = new LogContext(
                id,
                directory,
                config,
                resources,
                new PublishedLog(segments, logStartOffset, end),
                recovery.epochs(),
                producers,
                cleaned,
                state.recoveryPoint());
        boolean cut = recovery.hasCut() || deletedSnapshots || forgot;
        return new Recovered(new PartitionLog(context, recovery.endOffset(), cut), recovery.summary());
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
        return appender.append(records, leaderEpoch, origin, nowMs);
    }

    /** Whether an append waits for {@link #writeStaged}. */
    public boolean hasStaged() {
        return appender.hasStaged();
    }

    /** Takes all that is staged into the segment, after which the log's end includes it. */
    public void writeStaged() throws IOException {
        assert owner.isCurrent() : owner;
        appender.writeStaged();
    }

    /**
     * Puts batches of the journal back at the offsets that they carry; those that the log has already are skipped. Before
     * the first append. The bytes must live until {@link #writeStaged}.
     */
    public ReplayOutcome replay(ByteBuf batches, long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        context.requireOnline();
        if (batches.isReadable()) {
            trimmer.skipDeletedBefore(RecordBatch.baseOffset(batches, batches.readerIndex()), nowMs);
        }
        return appender.replay(batches, nowMs);
    }

    /** Puts a log start of the journal back. Before the first append. */
    public void replayLogStart(long offset, long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        context.requireOnline();
        trimmer.replayLogStart(offset, nowMs);
    }

    /**
     * Ends recovery: what readers see from now on survives, in the journal or in the segments. A log that was closed in
     * order, or whose end the journal has, costs nothing; another one is synced. So is one that was cut, because the bytes
     * behind the cut could be back after the next power loss, in the place of acknowledged ones.
     *
     * @param interrupted a recovery before this one did not come to its end, and what it cut may not be on the disk yet
     * @param journalEnd up to which offset the journal has all batches behind the recovery point, -1 for none. The journal
     *     keeps its batches until they are in synced segments
     */
    public void finishRecovery(long journalEnd, boolean interrupted, long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        appender.writeStaged();
        trimmer.goOnAtStart(nowMs);
        if (interrupted || cutInRecovery || (syncer.isDirty() && journalEnd < appender.nextOffset())) {
            syncer.run();
        }
        cutInRecovery = false;
        appender.onRecovered();
        onDurable(appender.nextOffset());
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
                    LOG.warn("{}: a listener failed; the others go on", context.id, e);
                }
            }
        }
    }

    // ---- append thread: segments ----

    /** Ends the active segment, unless it is empty. */
    public void roll(long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        appender.roll(nowMs);
    }

    /**
     * Removes closed segments that are too old or too many, as Kafka decides. Which ones of an earlier life of this log are
     * too old must have been found out by {@link #readAges}. Returns how many.
     */
    public int applyRetention(long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        return trimmer.applyRetention(nowMs);
    }

    /**
     * Lets the log begin later (DeleteRecords). The caller makes the new start durable before it answers.
     *
     * @param offset -1 for everything that is visible
     * @return OFFSET_OUT_OF_RANGE when the offset lies beyond what is visible, else NONE
     */
    public ErrorCode deleteRecordsBefore(long offset, long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        return trimmer.deleteRecordsBefore(offset, nowMs);
    }

    /**
     * Gives up the files of segments that were removed long enough ago, for {@link #deleteFiles}.
     *
     * <p>Not before the log's new start is on the disk: after a power loss the names that were deleted may be back, all or
     * some, and recovery must be able to tell them from a log with a hole. And not before a checkpoint has synced the
     * snapshot at their end, which holds what they say about producers.
     *
     * @param durableStart the log's start as a restart would find it
     * @return whether there are files to delete
     */
    public boolean releaseRemoved(long nowMs, long durableStart) {
        assert owner.isCurrent() : owner;
        if (!syncer.isSyncing()) {
            trimmer.releaseRemoved(nowMs, durableStart);
        }
        return trimmer.hasDeletableFiles();
    }

    /**
     * Cuts the log so that it ends at an offset, or before the batch that holds it. Nothing may be staged or waiting for a
     * sync.
     */
    public void truncateTo(long endOffset, long nowMs) throws IOException {
        assert owner.isCurrent() : owner;
        context.requireOnline();
        trimmer.truncateTo(endOffset, nowMs);
        syncer.run();
    }

    // ---- append thread: upkeep ----

    public void updateConfig(LogConfig newConfig) {
        context.config = newConfig;
    }

    /** Forgets producers that have been silent for {@code producer.id.expiration.ms}. */
    public void expireProducers(long nowMs) {
        assert owner.isCurrent() : owner;
        context.producers.table().expire(nowMs, context.config.producerIdExpirationMs());
    }

    /** Copies of the producers for DescribeProducers. */
    public List<ProducerStateView> producers() {
        assert owner.isCurrent() : owner;
        return context.producers.table().views();
    }

    /** Whether {@code flush.messages} or {@code flush.ms} asks for a checkpoint now. */
    public boolean isFlushDue(long nowMs) {
        return appender.isFlushDue(nowMs);
    }

    /** Whether something was appended that no checkpoint covers. */
    public boolean isDirty() {
        return syncer.isDirty();
    }

    /** Whether a closed segment waits for a checkpoint, which need not come by itself: no record may be behind it. */
    public boolean hasUnsyncedClosedSegment() {
        assert owner.isCurrent() : owner;
        return syncer.hasUnsyncedClosedSegment();
    }

    /** Bytes that {@link #beginCheckpoint} has to write: sealed segments are in their files. */
    public int unwrittenBytes() {
        assert owner.isCurrent() : owner;
        return published.active().unwrittenBytes();
    }

    /** Begins to make everything durable that has been appended so far. */
    public LogCheckpoint beginCheckpoint() throws IOException {
        assert owner.isCurrent() : owner;
        return syncer.begin();
    }

    /** The checkpoint's syncs have all succeeded: recovery need not look at what is before it. */
    public void finishCheckpoint(LogCheckpoint done) throws IOException {
        assert owner.isCurrent() : owner;
        syncer.finish(done);
    }

    /** All steps of a checkpoint at once, on the append thread. */
    public void checkpoint() throws IOException {
        assert owner.isCurrent() : owner;
        syncer.run();
    }

    /** Writes and syncs everything, so that the next start need not check this log, and closes the files. */
    public void close() throws IOException {
        assert owner.isCurrent() : owner;
        try {
            if (context.offlineReason() == null) {
                syncer.close();
            }
        } finally {
            abandon();
        }
    }

    /** Closes the files as they are, for example when their disk has failed. Slices in flight keep theirs. */
    public void abandon() {
        context.close();
        appender.abandon();
        for (Segment segment : published.segments()) {
            segment.close();
        }
        trimmer.waiting().forEach(Segment::close);
    }

    /**
     * Closes the log and moves its directory aside, so that the name is free at once. The caller deletes the tree; slices that
     * are on their way to a client still find their bytes in the files.
     */
    public Path moveAside() throws IOException {
        assert owner.isCurrent() : owner;
        syncer.writeForReaders();
        abandon();
        context.hold.release();
        Path aside = moveAside(context.resources.store(), context.id, context.directory);
        context.directory = aside;
        return aside;
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
        context.takeOffline(cause);
    }

    /** Lets another thread become the owner, after recovery. */
    public void releaseOwner() {
        owner.release();
    }

    // ---- checkpoint thread ----

    /** Deletes the files of one segment that was given up, which may take long. False when there is none. */
    public boolean deleteFiles() throws IOException {
        return trimmer.deleteFiles();
    }

    /**
     * Does a piece of the reading that {@link #applyRetention} needs before it may remove segments that this process has not
     * written: it finds their newest records.
     *
     * @param bytesMax bytes of the segment to walk over, at most one batch more
     * @return false when there is nothing to read, or it cannot be read, which is logged
     */
    public boolean readAges(long nowMs, int bytesMax) {
        return context.offlineReason() == null && ages.step(nowMs, bytesMax);
    }

    // ---- any thread ----

    public LogId id() {
        return context.id;
    }

    public LogConfig config() {
        return context.config;
    }

    public Path directory() {
        return context.directory;
    }

    public boolean isOffline() {
        return context.offlineReason() != null;
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

    /** End of what the segments have, in their files or in memory. */
    public long logEndOffset() {
        return published.written().endOffset;
    }

    /** Everything before is on the disk, in the segments. */
    public long recoveryPoint() {
        return context.recoveryPoint;
    }

    public long sizeBytes() {
        return published.view().sizeBytes();
    }

    /** Reads from an offset on, up to the visible end. May wait for the disk. */
    public ReadResult read(long offset, int bytesMax, boolean atLeastOneBatch) {
        String reason = context.offlineReason();
        return reason != null ? refuse(reason) : reader.read(offset, bytesMax, atLeastOneBatch);
    }

    /** The same from memory, without waiting: for event loops. Null when that takes the disk. */
    public @Nullable ReadResult readHeld(long offset, int bytesMax, boolean atLeastOneBatch) {
        String reason = context.offlineReason();
        return reason != null ? refuse(reason) : reader.readHeld(offset, bytesMax, atLeastOneBatch);
    }

    private ReadResult refuse(String reason) {
        return ReadResult.failed(ErrorCode.KAFKA_STORAGE_ERROR, reason, published.view());
    }

    /** Whether the bytes at an offset were appended so recently that they are still in memory. */
    public boolean isHot(long offset) {
        return reader.isHot(offset);
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
        return new OffsetLookup(start, -1, context.epochs.epochAt(start));
    }

    public OffsetLookup latest() {
        long end = published.visible().endOffset;
        return new OffsetLookup(end, -1, context.epochs.latest());
    }

    /** Where a leader epoch ended, as far as it is visible. */
    public EpochEnd endOffsetForEpoch(int epoch) {
        return context.epochs.endOf(epoch, published.visible().endOffset);
    }

    /** Newest leader epoch in the log, -1 when it has none. */
    public int latestEpoch() {
        return context.epochs.latest();
    }

    /** Keeps the newest record of each key. */
    public LogCompactor compactor() {
        return compactor;
    }

    public void addListener(LogListener listener) {
        listeners.add(listener);
    }

    public void removeListener(LogListener listener) {
        listeners.remove(listener);
    }

    @Override
    public String toString() {
        return context.id.toString();
    }
}
