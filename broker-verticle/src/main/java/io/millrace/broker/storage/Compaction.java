package io.millrace.broker.storage;

import io.millrace.broker.storage.compaction.KeyOffsets;
import io.millrace.broker.storage.compaction.KeyScan;
import io.millrace.broker.storage.compaction.SegmentCopy;
import io.millrace.broker.storage.compaction.Survivors;
import io.millrace.broker.storage.segment.Segment;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One compaction of one log, a piece at a time: notes the newest offset of each key, then writes what survives of a few segments
 * into a new one, which takes their place, and so on with the next few. Oldest first, each durable before the next: a deletion
 * never goes, nor does the time until then begin, before the older records of its key are gone.
 *
 * <p>Most of it is done by the cleaner thread; what changes the log is done by the append thread, and takes no longer than an
 * append. {@link #next} says whose turn it is. What it has not finished, a stop or {@link #abort} leaves as it was. A failure
 * has harmed nothing, except while {@link #isSwapping}.
 */
public final class Compaction {

    private static final Logger LOG = LoggerFactory.getLogger(Compaction.class);

    /** Who has to do the next piece. */
    public enum Next {
        CLEANER_THREAD,
        APPEND_THREAD,
        NOBODY
    }

    private enum Phase {
        SCAN(Next.CLEANER_THREAD),
        OPEN(Next.CLEANER_THREAD),
        COPY(Next.CLEANER_THREAD),
        REPLACE(Next.APPEND_THREAD),
        SWAP(Next.CLEANER_THREAD),
        SETTLE(Next.APPEND_THREAD),
        END(Next.CLEANER_THREAD),
        DISCARD(Next.CLEANER_THREAD),
        DONE(Next.NOBODY);

        private final Next next;

        Phase(Next next) {
            this.next = next;
        }
    }

    private final LogContext context;
    private final LogCompactor log;
    private final CompactionPlan plan;
    /** By offset; the last one is not touched, it says where the one before ends. */
    private final List<Segment> segments;

    private final Map<Long, Long> producerOffsets;
    private final CompactionLimits limits;
    private final LogConfig config;
    private final long beganMs;
    private final Queue<List<Segment>> groups = new ArrayDeque<>();

    private @Nullable KeyOffsets keys;
    private @Nullable KeyScan scan;
    private @Nullable Survivors survivors;
    private @Nullable SegmentCopy copy;
    private @Nullable SegmentSwap swap;
    private Phase phase = Phase.SCAN;
    private long cleanedOffset;
    private long bytesBefore;
    private long bytesAfter;

    Compaction(
            LogContext context,
            LogCompactor log,
            CompactionPlan plan,
            Map<Long, Long> producerOffsets,
            CompactionLimits limits,
            long nowMs) {
        this.context = context;
        this.log = log;
        this.plan = plan;
        this.segments = plan.segments();
        this.producerOffsets = producerOffsets;
        this.limits = limits;
        this.config = context.config;
        this.beganMs = nowMs;
    }

    /** Whose turn it is. */
    public Next next() {
        return phase.next;
    }

    /** Whether the log reads a segment whose name on the disk is not settled: an error now leaves nobody knowing it. */
    public boolean isSwapping() {
        return phase == Phase.SWAP;
    }

    // ---- cleaner thread ----

    /**
     * Does the next piece.
     *
     * @param bytesMax to read, at most one batch more
     * @return bytes that were read and written
     * @throws CorruptLogException when records of the log are damaged: nothing more of it can be compacted
     */
    public long work(int bytesMax) throws IOException {
        if (context.offlineReason() != null) {
            abort();
            return 0;
        }
        switch (phase) {
            case SCAN -> {
                return scan(bytesMax);
            }
            case OPEN -> openNext();
            case COPY -> {
                return copy(bytesMax);
            }
            case SWAP -> swap();
            case END -> end();
            case DISCARD -> abort();
            default -> throw new IllegalStateException("it is the turn of " + phase.next + ": " + phase);
        }
        return 0;
    }

    private long scan(int bytesMax) throws IOException {
        KeyScan current = scan;
        if (current == null) {
            keys = new KeyOffsets(limits.keyBytes());
            current = new KeyScan(dirty(), plan.firstOffset(), endOffset(), keys);
            scan = current;
        }
        long before = current.readBytes();
        if (!current.step(bytesMax)) {
            current.close();
            scan = null;
            onScanned(current);
        }
        return current.readBytes() - before;
    }

    private List<Segment> dirty() {
        int first = 0;
        while (segments.get(first + 1).baseOffset() <= plan.firstOffset()) {
            first++;
        }
        return segments.subList(first, segments.size() - 1);
    }

    private long endOffset() {
        return segments.get(segments.size() - 1).baseOffset();
    }

    private void onScanned(KeyScan scanned) {
        cleanedOffset = scanned.endOffset();
        int count = segments.size() - 1;
        while (count > 0 && segments.get(count - 1).baseOffset() >= cleanedOffset) {
            count--;
        }
        groups.addAll(LogCompactor.groups(segments.subList(0, count + 1), config));
        survivors = new Survivors(
                required(keys),
                cleanedOffset,
                producerOffsets,
                beganMs,
                config.compaction().deleteRetentionMs(),
                config.compressionType(),
                config.compressionLevel());
        phase = Phase.OPEN;
    }

    private void openNext() throws IOException {
        if (!context.config.compacts()) {
            abort(); // not any more
            return;
        }
        List<Segment> group = groups.poll();
        if (group == null) {
            phase = Phase.END;
            return;
        }
        long bytes = group.stream().mapToLong(Segment::sizeBytes).sum();
        long usable = context.resources.store().usableBytes(context.directory);
        if (usable - limits.reservedBytes() < bytes) {
            throw new IOException(context.directory + " has room for " + usable + " bytes, and compaction needs "
                    + bytes + " for a while, besides " + limits.reservedBytes() + " that it leaves");
        }
        Segment last = group.get(group.size() - 1);
        context.hold.with(() -> {
            Segment target = Segment.createCleaned(
                    context.resources.openFiles(),
                    context.directory,
                    group.get(0).baseOffset(),
                    last.createdMs());
            copy = new SegmentCopy(
                    group,
                    segments.get(segments.indexOf(last) + 1).baseOffset(),
                    required(survivors),
                    target,
                    config.indexIntervalBytes());
        });
        phase = Phase.COPY;
    }

    private long copy(int bytesMax) throws IOException {
        SegmentCopy current = required(copy);
        long before = current.readBytes() + current.writtenBytes();
        boolean more = current.step(bytesMax);
        long moved = current.readBytes() + current.writtenBytes() - before;
        if (!more) {
            bytesBefore += current.readBytes();
            bytesAfter += current.writtenBytes();
            if (current.isWorthIt()) {
                phase = Phase.REPLACE;
            } else {
                discardCopy();
                phase = Phase.OPEN;
            }
        }
        return moved;
    }

    private void swap() throws IOException {
        SegmentSwap current = required(swap);
        current.step();
        if (current.isDone()) {
            phase = Phase.SETTLE;
        }
    }

    private void end() throws IOException {
        context.hold.with(() ->
                context.cleaned.advance(context.resources.store(), context.directory, cleanedOffset, plan.cuts()));
        Survivors counts = required(survivors);
        LOG.info(
                "{}: compacted up to offset {}: {} of {} records stay, {} bytes of {}",
                context.id,
                cleanedOffset,
                counts.recordsKept(),
                counts.recordsRead(),
                bytesAfter,
                bytesBefore);
        if (counts.recordsWithoutKey() > 0) {
            LOG.warn("{}: {} records had no key and are gone", context.id, counts.recordsWithoutKey());
        }
        finish();
    }

    /** Gives up what is not done yet. Files that stay behind are removed by the next compaction or start. */
    public void abort() {
        KeyScan scanning = scan;
        if (scanning != null) {
            scanning.close();
            scan = null;
        }
        if (copy != null) {
            try {
                discardCopy();
            } catch (IOException e) {
                LOG.debug("{}: the unfinished segment of a compaction stays for now", context.id, e);
            }
        }
        finish();
    }

    private void discardCopy() throws IOException {
        SegmentCopy given = required(copy);
        copy = null;
        given.close();
        given.target().close();
        // By its name only as long as the name is this log's.
        context.hold.with(given.target()::delete);
    }

    private void finish() {
        phase = Phase.DONE;
        keys = null;
        survivors = null;
        groups.clear();
    }

    // ---- append thread ----

    /** Does the next piece. */
    public void commit(long nowMs) {
        if (context.offlineReason() != null) {
            phase = Phase.DISCARD;
            return;
        }
        switch (phase) {
            case REPLACE -> replace();
            case SETTLE -> {
                log.endSwap(nowMs);
                swap = null;
                phase = Phase.OPEN;
            }
            default -> throw new IllegalStateException("it is the turn of " + phase.next + ": " + phase);
        }
    }

    private void replace() {
        SegmentCopy done = required(copy);
        SegmentSwap begun = log.replace(done.sources(), done.target(), plan.cuts());
        if (begun == null) {
            LOG.info("{}: has lost segments while it was compacted; the next compaction begins again", context.id);
            phase = Phase.DISCARD;
            return;
        }
        copy = null;
        swap = begun;
        phase = Phase.SWAP;
        done.close();
    }

    private static <T> T required(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("a compaction has lost its place");
        }
        return part;
    }
}
