package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.BatchScanner;
import io.millrace.broker.storage.segment.Segment;
import io.millrace.broker.storage.segment.SegmentFiles;
import io.millrace.broker.storage.segment.SegmentSync;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the segments of one log and finds its end.
 *
 * <p>Before the recovery point everything was synced, so only the headers after the last index entries are read. After it
 * every checksum is computed, and the log is cut at the first batch that is not whole: it was never acknowledged, or the
 * journal still has it. Damage before the recovery point is another matter: those records were acknowledged, so nothing is
 * cut and the log is refused with {@link CorruptLogException}. One use, by the thread that opens the log.
 */
final class LogRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

    /** What ends the names of files that nobody needs after a stop. */
    private static final List<String> TEMPORARY =
            List.of(SegmentFiles.DELETED, SegmentFiles.CLEANED, SmallFiles.TEMPORARY);

    private final LogId id;
    private final Path directory;
    private final LogConfig config;
    private final LogResources resources;
    private final OpenState state;
    private final long nowMs;

    private final List<Segment> segments = new ArrayList<>();
    private LeaderEpochs epochs = new LeaderEpochs();
    private long endOffset;
    private long checkedBytes;
    private long cutBytes;
    private int rebuiltSegments;
    private boolean cut;

    LogRecovery(LogId id, Path directory, LogConfig config, LogResources resources, OpenState state, long nowMs) {
        this.id = id;
        this.directory = directory;
        this.config = config;
        this.resources = resources;
        this.state = state;
        this.nowMs = nowMs;
    }

    List<Segment> segments() {
        return segments;
    }

    LeaderEpochs epochs() {
        return epochs;
    }

    long endOffset() {
        return endOffset;
    }

    /** Whether bytes were cut off that the disk may still have. */
    boolean hasCut() {
        return cut;
    }

    RecoverySummary summary() {
        return new RecoverySummary(checkedBytes, cutBytes, rebuiltSegments);
    }

    /** Runs the recovery. On failure the files are closed and unchanged below the recovery point. */
    void run() throws IOException {
        try {
            listSegments();
            dropBeforeStart();
            if (segments.isEmpty()) {
                createFirst();
            }
            LeaderEpochs known = LeaderEpochs.read(resources.store(), directory);
            epochs = known == null ? new LeaderEpochs() : known;
            int first = known == null ? 0 : firstToScan();
            for (int i = 0; i < first; i++) {
                requireIndexes(segments.get(i));
            }
            scanFrom(first);
            segments.get(segments.size() - 1).readFirstTimestamp();
            requireRecoveryPoint();
            epochs.truncateFromEnd(endOffset);
        } catch (IOException | RuntimeException e) {
            segments.forEach(Segment::close);
            throw e;
        }
    }

    private void listSegments() throws IOException {
        List<String> names = resources.store().list(directory);
        for (String name : SwapRecovery.run(resources.store(), directory, names)) {
            long base = SegmentFiles.offsetOf(name, SegmentFiles.LOG);
            if (base >= 0) {
                segments.add(Segment.open(resources.openFiles(), directory, base, nowMs));
            } else if (TEMPORARY.stream().anyMatch(name::endsWith)) {
                resources.store().delete(directory.resolve(name));
            }
        }
    }

    /**
     * Drops segments that were deleted before the stop. Their names may be back in any order, with gaps between them; but
     * none was deleted before the start behind it was on the disk.
     */
    private void dropBeforeStart() throws IOException {
        if (segments.size() > 1 && segments.get(1).baseOffset() <= state.logStartOffset()) {
            // The names of the rest may not be on the disk yet. If the first of them were lost after this, the log
            // would seem to begin behind what is missing.
            resources.store().syncDirectory(directory);
        }
        while (segments.size() > 1 && segments.get(1).baseOffset() <= state.logStartOffset()) {
            segments.remove(0).delete();
        }
    }

    /**
     * Begins where segments must have been durable, at most at the log's start: the journal goes on from there. Before, the
     * directory is synced: a log whose creation was cut short would otherwise have a segment that survives a power loss, but
     * not the file that says of which topic it is.
     */
    private void createFirst() throws IOException {
        resources.store().syncDirectory(directory);
        endOffset = Math.min(state.logStartOffset(), state.recoveryPoint());
        segments.add(Segment.create(resources.openFiles(), directory, endOffset, nowMs));
    }

    private int firstToScan() {
        int last = segments.size() - 1;
        if (state.clean()) {
            return last;
        }
        // The one with the last durable record, also when it ends there: an interrupted recovery may have cut off what
        // followed, and nobody has synced the cut.
        Segment[] all = segments.toArray(Segment[]::new);
        return Math.max(0, LogReader.floor(all, state.recoveryPoint() - 1));
    }

    /** A segment that is closed and synced: only missing index files make it worth a look. */
    private void requireIndexes(Segment segment) throws IOException {
        if (!segment.hasIndexes(config.indexIntervalBytes())) {
            noteRebuilt(segment);
            segment.files().beginIndexes();
            scan(segment, true);
            segment.seal();
            SegmentSync sync = segment.beginSync();
            if (sync != null) {
                sync.run();
            }
            segment.files().placeIndexes();
        }
    }

    private void scanFrom(int first) throws IOException {
        for (int i = first; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (i > first && segment.baseOffset() != endOffset && isUnsynced(segment)) {
                deleteAfter(i - 1);
                return;
            }
            if (i > first && segment.baseOffset() < endOffset) {
                throw new CorruptLogException(segment + " begins before the end " + endOffset + " of the one before");
            }
            boolean cut = scan(segment, epochs.entries().isEmpty());
            if (cut) {
                deleteAfter(i);
            } else if (i < segments.size() - 1) {
                segment.seal();
            }
        }
    }

    /**
     * Whether a segment that does not continue the one before may go, because the journal has all that was acknowledged. A
     * hole: the end of the segment before was never synced, or what lay between was deleted. An overlap: an earlier recovery
     * removed this segment, put its batches back into the one before, and died before the removal was on the disk.
     */
    private boolean isUnsynced(Segment segment) {
        return !state.clean() && isDurablePartWhole() && segment.baseOffset() >= state.recoveryPoint();
    }

    /** Whether the segments so far have all that they must have: what was durable and was not deleted. */
    private boolean isDurablePartWhole() {
        return Math.max(endOffset, state.logStartOffset()) >= state.recoveryPoint();
    }

    /** Walks over a segment, and repairs its indexes and its end. Returns whether something was cut off. */
    private boolean scan(Segment segment, boolean whole) throws IOException {
        long from = prepareIndexes(segment, whole);
        int size = segment.sizeBytes();
        int end = 0;
        long offset = segment.baseOffset();
        String fault;
        try (Segment.Scan scan = segment.scan(from, size)) {
            BatchScanner batches = scan.batches();
            while (batches.next() && isIntact(batches)) {
                if (batches.leaderEpoch() > epochs.latest()) {
                    epochs.assign(batches.leaderEpoch(), batches.baseOffset());
                }
                segment.reindex(batches, config.indexIntervalBytes());
                offset = batches.lastOffset() + 1;
                end = batches.endPosition();
            }
            fault = batches.fault();
        }
        if (fault != null) {
            onFault(segment, end, offset, fault);
        }
        endOffset = offset;
        segment.endRecovery(end, !state.clean());
        return fault != null;
    }

    private boolean isIntact(BatchScanner batches) throws IOException {
        if (state.clean() || batches.lastOffset() < state.recoveryPoint()) {
            return true;
        }
        checkedBytes += batches.sizeBytes();
        return batches.hasValidCrc();
    }

    /** Drops the index entries that cannot be relied upon; returns the offset to scan from. */
    private long prepareIndexes(Segment segment, boolean whole) throws IOException {
        long known = whole ? -1 : knownFromIndexes(segment);
        if (known >= 0) {
            segment.truncateIndexes(known);
            return known;
        }
        if (!whole) {
            noteRebuilt(segment);
        }
        segment.dropIndexes();
        return segment.baseOffset();
    }

    /** Also after a clean stop: the indexes of the newest segment were written then, but not synced. */
    private long knownFromIndexes(Segment segment) throws IOException {
        if (!segment.hasIndexes(config.indexIntervalBytes()) || !segment.hasOrderedIndexes()) {
            return -1;
        }
        if (!state.clean()) {
            segment.truncateIndexes(Math.max(state.recoveryPoint(), segment.baseOffset()));
        }
        return segment.timesKnownTo();
    }

    /** After a kill it is normal that a young segment's index never reached its file. */
    private void noteRebuilt(Segment segment) {
        if (segment.sizeBytes() == 0) {
            return;
        }
        boolean isNormal = !state.clean() && segment == segments.get(segments.size() - 1);
        if (isNormal) {
            LOG.debug("{}: building the indexes of {}", id, segment);
        } else {
            LOG.warn("{}: the indexes of {} are missing or damaged, building them again", id, segment);
            rebuiltSegments++;
        }
    }

    private void onFault(Segment segment, int end, long offset, String fault) throws IOException {
        if (offset < state.recoveryPoint()) {
            throw new CorruptLogException(id + ": " + segment + " is damaged at position " + end + ", offset " + offset
                    + ", before the recovery point " + state.recoveryPoint() + ": " + fault);
        }
        cut = true;
        cutBytes += segment.sizeBytes() - end;
        LOG.warn(
                "{}: cutting {} bytes that are no whole batch from {} at position {}, offset {}: {}",
                id,
                segment.sizeBytes() - end,
                segment,
                end,
                offset,
                fault);
    }

    private void deleteAfter(int last) throws IOException {
        while (segments.size() > last + 1) {
            Segment segment = segments.remove(segments.size() - 1);
            cut = true;
            cutBytes += segment.sizeBytes();
            LOG.warn("{}: removing {}, which lies behind the cut", id, segment);
            segment.delete();
        }
    }

    private void requireRecoveryPoint() throws CorruptLogException {
        if (!isDurablePartWhole()) {
            throw new CorruptLogException(id + " ends at offset " + endOffset + " but was durable up to "
                    + state.recoveryPoint() + ": acknowledged records are missing from " + directory);
        }
    }
}
