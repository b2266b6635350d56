package io.millrace.broker.storage;

import io.millrace.broker.storage.producer.ProducerSnapshot;
import io.millrace.broker.storage.producer.ProducerTable;
import io.millrace.broker.storage.segment.BatchScanner;
import io.millrace.broker.storage.segment.Segment;
import io.millrace.broker.storage.segment.SegmentFiles;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producer table of a log with its snapshot files, each named by the offset up to which it holds the state.
 *
 * <p>Snapshots are synced by the next checkpoint only: one that is torn fails its checksum, and the state is built from an
 * older one and the batches after it. Segments are deleted after that checkpoint, so their part of the state is not lost.
 * Owned by the log's owner.
 */
final class ProducerState {

    private static final Logger LOG = LoggerFactory.getLogger(ProducerState.class);

    /** Snapshots kept besides those at segment boundaries: if the newest is damaged, the one before serves. */
    private static final int NEWEST_KEPT = 2;

    private final FileStore store;
    private final ProducerTable table = new ProducerTable();
    private final TreeSet<Long> snapshotOffsets = new TreeSet<>();
    private final List<Path> unsynced = new ArrayList<>();

    ProducerState(FileStore store) {
        this.store = store;
    }

    ProducerTable table() {
        return table;
    }

    /** Takes in a batch that has its final offsets. */
    void apply(ByteBuf batch, int index, long nowMs) {
        if (RecordBatch.producerId(batch, index) == RecordBatch.NO_PRODUCER_ID) {
            return;
        }
        if (RecordBatch.isControl(batch, index)) {
            applyControl(batch, index, nowMs);
        } else {
            table.applyData(batch, index, nowMs);
        }
    }

    private void applyControl(ByteBuf batch, int index, long nowMs) {
        TransactionMarker marker = TransactionMarker.read(batch, index);
        if (marker != null) {
            table.applyMarker(
                    RecordBatch.producerId(batch, index),
                    RecordBatch.producerEpoch(batch, index),
                    marker.coordinatorEpoch(),
                    marker.timestampMs(),
                    nowMs);
        }
    }

    /**
     * Builds the table for a log that ends at an offset: the newest snapshot that can be read, and the batches after it.
     *
     * @return whether snapshots of batches that are gone were deleted. That must be durable before other batches take their
     *     offsets, or a snapshot that a power loss brings back would speak of the wrong ones
     */
    boolean rebuild(Path directory, Segment[] segments, long endOffset, long nowMs) throws IOException {
        table.clear();
        snapshotOffsets.clear();
        boolean deletedAny = false;
        for (String name : store.list(directory)) {
            long offset = SegmentFiles.offsetOf(name, SegmentFiles.SNAPSHOT);
            if (offset > endOffset) {
                store.delete(directory.resolve(name));
                deletedAny = true;
            } else if (offset >= 0) {
                snapshotOffsets.add(offset);
            }
        }
        long from = loadNewest(directory, segments[0].baseOffset(), nowMs);
        for (int i = 0; i < segments.length; i++) {
            long segmentEnd = i + 1 < segments.length ? segments[i + 1].baseOffset() : endOffset;
            if (segmentEnd > from) {
                replay(segments[i], from, nowMs);
            }
        }
        return deletedAny;
    }

    /** An older snapshot than the first segment does not help: the batches in between are gone. */
    private long loadNewest(Path directory, long firstOffset, long nowMs) throws IOException {
        while (!snapshotOffsets.isEmpty() && snapshotOffsets.last() >= firstOffset) {
            long offset = snapshotOffsets.last();
            Path path = directory.resolve(SegmentFiles.name(offset, SegmentFiles.SNAPSHOT));
            if (ProducerSnapshot.decode(SmallFiles.readAll(store, path), table, nowMs)) {
                return offset;
            }
            LOG.warn("{} is damaged and removed: producers are read from an older snapshot and the log", path);
            store.delete(path);
            snapshotOffsets.remove(offset);
        }
        return 0;
    }

    private void replay(Segment segment, long fromOffset, long nowMs) throws IOException {
        try (Segment.Scan scan = segment.scan(Math.max(fromOffset, segment.baseOffset()), segment.sizeBytes())) {
            BatchScanner batches = scan.batches();
            while (batches.next()) {
                if (batches.lastOffset() >= fromOffset) {
                    replayBatch(batches, nowMs);
                }
            }
            if (batches.fault() != null) {
                throw new CorruptLogException(segment + " at " + batches.position() + ": " + batches.fault());
            }
        }
    }

    private void replayBatch(BatchScanner batches, long nowMs) throws IOException {
        boolean isMarker = RecordBatch.isControl(batches.header(), batches.headerIndex());
        if (isMarker) {
            apply(batches.readBatch(), 0, nowMs);
        } else {
            apply(batches.header(), batches.headerIndex(), nowMs);
        }
    }

    /** Writes the table as it is now, which must be the state at this offset. */
    void writeSnapshot(Path directory, long offset) throws IOException {
        Path path = directory.resolve(SegmentFiles.name(offset, SegmentFiles.SNAPSHOT));
        store.delete(path);
        try (StoreFile file = store.create(path)) {
            file.write(ProducerSnapshot.encode(table), 0);
        }
        snapshotOffsets.add(offset);
        unsynced.add(path);
    }

    /** Snapshots that were written since the last call; a checkpoint syncs those that are still there. */
    List<Path> takeUnsynced() {
        List<Path> taken = List.copyOf(unsynced);
        unsynced.clear();
        return taken;
    }

    /** The newest snapshot's offset, or -1. */
    long newestSnapshot() {
        return snapshotOffsets.isEmpty() ? -1 : snapshotOffsets.last();
    }

    /** Deletes snapshots that recovery will not look at. */
    void deleteOldSnapshots(Path directory, Segment[] segments) throws IOException {
        Set<Long> kept = new HashSet<>();
        for (Segment segment : segments) {
            kept.add(segment.baseOffset());
        }
        List<Long> newest = List.copyOf(snapshotOffsets.descendingSet());
        kept.addAll(newest.subList(0, Math.min(NEWEST_KEPT, newest.size())));
        for (Long offset : newest) {
            if (!kept.contains(offset)) {
                store.delete(directory.resolve(SegmentFiles.name(offset, SegmentFiles.SNAPSHOT)));
                snapshotOffsets.remove(offset);
            }
        }
    }
}
