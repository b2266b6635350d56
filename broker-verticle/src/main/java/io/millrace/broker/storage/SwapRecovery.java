package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.BatchScanner;
import io.millrace.broker.storage.segment.SegmentFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what a stop has interrupted: compacted segments that were about to take the place of others do so, see {@link
 * SegmentSwap}. Before anybody looks at the segments of the log.
 */
final class SwapRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(SwapRecovery.class);

    private static final int WINDOW_BYTES = 256 << 10;
    private static final String LOG_SWAP = SegmentFiles.LOG + SegmentFiles.SWAP;
    private static final List<String> INDEX_SUFFIXES = List.of(SegmentFiles.INDEX, SegmentFiles.TIME_INDEX);
    private static final List<String> SUFFIXES = List.of(SegmentFiles.LOG, SegmentFiles.INDEX, SegmentFiles.TIME_INDEX);

    /** Offsets of a compacted segment. */
    private record Range(long start, long end) {}

    private final FileStore store;
    private final Path directory;

    private SwapRecovery(FileStore store, Path directory) {
        this.store = store;
        this.directory = directory;
    }

    /**
     * Ends swaps, durably.
     *
     * @param names of the files in the directory
     * @return the names of those that are there now
     */
    static List<String> run(FileStore store, Path directory, List<String> names) throws IOException {
        boolean swapped = new SwapRecovery(store, directory).finishSwaps(names);
        return swapped ? store.list(directory) : names;
    }

    private boolean finishSwaps(List<String> names) throws IOException {
        List<Range> swaps = new ArrayList<>();
        for (String name : names) {
            long start = SegmentFiles.offsetOf(name, LOG_SWAP);
            if (start >= 0) {
                swaps.add(new Range(start, endOf(directory.resolve(name), start)));
            }
        }
        if (swaps.isEmpty()) {
            return false;
        }
        // After a kill the name may not be on the disk yet, and the old files are all that is.
        store.syncDirectory(directory);
        for (Range swap : swaps) {
            deleteReplaced(swap, names);
        }
        store.syncDirectory(directory);
        for (Range swap : swaps) {
            LOG.info("{}: a compacted segment takes the offsets {} up to {}", directory, swap.start(), swap.end());
            place(swap, names);
        }
        store.syncDirectory(directory);
        return true;
    }

    /** The segment was synced before it got this name, and its last batch tells up to where it goes. */
    private long endOf(Path log, long start) throws IOException {
        long size = store.size(log);
        if (size == 0 || size > Integer.MAX_VALUE) {
            throw new CorruptLogException(log + " has " + size + " bytes, which no compacted segment has");
        }
        try (StoreFile file = store.open(log)) {
            BatchScanner batches = new BatchScanner(file, 0, (int) size, start, WINDOW_BYTES);
            long end = start;
            while (batches.next()) {
                end = batches.lastOffset() + 1;
            }
            if (batches.fault() != null) {
                throw new CorruptLogException(log + " at position " + batches.position() + ": " + batches.fault());
            }
            return end;
        }
    }

    private void deleteReplaced(Range swap, List<String> names) throws IOException {
        for (String name : names) {
            if (isReplaced(swap, name)) {
                store.delete(directory.resolve(name));
            }
        }
    }

    /**
     * Whether a file with a usual name goes. An index of the first may have been placed already; it goes all the same, and is
     * built again: it cannot be told from an old one where a power loss has taken the new one's name.
     */
    private static boolean isReplaced(Range swap, String name) {
        for (String suffix : SUFFIXES) {
            long start = SegmentFiles.offsetOf(name, suffix);
            if (start >= swap.start() && start < swap.end()) {
                return true;
            }
        }
        return false;
    }

    private void place(Range swap, List<String> names) throws IOException {
        for (String suffix : INDEX_SUFFIXES) {
            String index = SegmentFiles.name(swap.start(), suffix);
            if (names.contains(index + SegmentFiles.CLEANED)) {
                store.move(directory.resolve(index + SegmentFiles.CLEANED), directory.resolve(index));
            }
        }
        String log = SegmentFiles.name(swap.start(), SegmentFiles.LOG);
        store.move(directory.resolve(log + SegmentFiles.SWAP), directory.resolve(log));
    }
}
