package io.millrace.broker.storage;

import io.millrace.broker.storage.segment.SegmentSync;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The syncs that make one log durable up to the offset that it had when the checkpoint began. Begun and finished on the
 * append thread; {@link #sync} runs in between on any thread, while appends go on.
 */
public final class LogCheckpoint {

    private final FileStore store;
    private final Path directory;
    private final DirectoryHold hold;
    private final long endOffset;
    private final List<SegmentSync> segments;
    private final @Nullable String leaderEpochs;
    private final List<Path> snapshots;
    private final boolean namesChanged;

    /** Begun before this one and perhaps not synced yet; null once it is. Guarded by this. */
    private @Nullable LogCheckpoint previous;

    private boolean synced;
    private boolean failed;

    LogCheckpoint(
            FileStore store,
            Path directory,
            DirectoryHold hold,
            long endOffset,
            List<SegmentSync> segments,
            @Nullable String leaderEpochs,
            List<Path> snapshots,
            boolean namesChanged,
            @Nullable LogCheckpoint previous) {
        this.store = store;
        this.directory = directory;
        this.hold = hold;
        this.endOffset = endOffset;
        this.segments = segments;
        this.leaderEpochs = leaderEpochs;
        this.snapshots = snapshots;
        this.namesChanged = namesChanged;
        this.previous = previous;
    }

    /** Everything before this offset is durable once {@link #sync} returned. */
    public long endOffset() {
        return endOffset;
    }

    /**
     * Runs the syncs, once, after those of checkpoints begun earlier: they took dirty files that this one counts on. Two
     * threads may sync checkpoints of one log at the same time, hence the lock. After a failure the shard goes offline.
     */
    public synchronized void sync() throws IOException {
        if (failed) {
            throw new IOException("an earlier sync of " + directory + " failed");
        }
        if (synced) {
            return;
        }
        failed = true;
        LogCheckpoint earlier = previous;
        if (earlier != null) {
            earlier.sync();
            previous = null;
        }
        syncFiles();
        failed = false;
        synced = true;
    }

    private void syncFiles() throws IOException {
        int done = 0;
        try {
            for (SegmentSync segment : segments) {
                done++;
                segment.run();
            }
        } finally {
            segments.subList(done, segments.size()).forEach(SegmentSync::abandon);
        }
        for (Path snapshot : snapshots) {
            syncIfThere(snapshot);
        }
        if (leaderEpochs != null || namesChanged) {
            hold.with(this::syncNames);
        }
    }

    private void syncNames() throws IOException {
        if (leaderEpochs != null) {
            SmallFiles.replace(store, directory.resolve(LeaderEpochs.NAME), leaderEpochs);
        } else {
            store.syncDirectory(directory);
        }
    }

    /** The append thread may delete a snapshot at any time, when newer ones have taken its place. */
    private void syncIfThere(Path snapshot) throws IOException {
        if (!store.exists(snapshot)) {
            return;
        }
        try (StoreFile file = store.open(snapshot)) {
            file.sync();
        } catch (IOException e) {
            if (store.exists(snapshot)) {
                throw e;
            }
        }
    }
}
