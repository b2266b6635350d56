package io.millrace.cluster.log;

import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.MetadataLogException;
import io.millrace.cluster.MetadataLogException.Fate;
import io.millrace.cluster.MetadataRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the metadata log: reads them back after any crash, appends to them, and replaces a long log by a snapshot.
 * Owned by the log's thread. After an {@link IOException} the files may not be written again before the next open.
 *
 * <p>A frame is written only after the one before it is durable, so a crash can damage nothing but the last frame:
 * damage with a sound frame behind it is corruption, and is refused instead of cut.
 *
 * <p>A new generation appears in this order, so that a crash between any two steps leaves one that is whole: the empty
 * log, its name, the snapshot under a temporary name, its final name, and only then do the old files go.
 */
final class MetadataFiles {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataFiles.class);

    /** A log shorter than this is not worth a snapshot. */
    static final long COMPACT_BYTES_MIN = 1 << 20;

    private final MetadataStore store;
    private final long compactBytesMin;
    private ClusterImage image = ClusterImage.EMPTY;
    /** The version that the generation starts from. */
    private long base;

    private String log = "";
    private long logBytes;
    private long snapshotBytes;

    private MetadataFiles(MetadataStore store, long compactBytesMin) {
        this.store = store;
        this.compactBytesMin = compactBytesMin;
    }

    /** Reads what was decided so far. Throws {@link MetadataLogException} if the files cannot be trusted. */
    static MetadataFiles open(MetadataStore store, long compactBytesMin) throws IOException {
        MetadataFiles files = new MetadataFiles(store, compactBytesMin);
        files.recover();
        return files;
    }

    /** The image as of opening. */
    ClusterImage recovered() {
        return image;
    }

    /** Makes a frame durable. */
    void append(Payload payload) throws IOException {
        ByteBuffer frame = Frames.frame(payload.toBytes());
        int size = frame.remaining();
        store.write(log, logBytes, frame);
        store.sync(log);
        logBytes += size;
    }

    /** Starts a new generation with {@code current}, if the log has grown much longer than its snapshot. */
    void compactIfLong(ClusterImage current) throws IOException {
        if (logBytes >= Math.max(compactBytesMin, 2 * snapshotBytes)) {
            compact(current);
        }
    }

    /**
     * Closes the files.
     *
     * @param current if not null, a clean stop is marked first, so that later damage to the last decision is told from an
     *     unfinished write
     */
    void close(@Nullable ClusterImage current) throws IOException {
        try (store) {
            if (current != null) {
                append(new Payload(current.version()));
            }
        }
    }

    private void recover() throws IOException {
        List<String> names = new ArrayList<>(store.list());
        names.removeIf(name -> !Generation.isOurs(name));
        base = Generation.newest(names);
        log = Generation.log(base);
        if (base > 0) {
            image = readSnapshot();
        }
        if (names.contains(log)) {
            readLog();
        } else if (names.isEmpty()) {
            createLog();
        } else {
            throw damaged(log, 0, "the file is missing, while others of the metadata log are there");
        }
        // Names that the last process created or replaced may not be durable yet, and those below are about to go.
        store.syncDirectory();
        deleteOthers(names);
    }

    private ClusterImage readSnapshot() throws IOException {
        String name = Generation.snapshot(base);
        byte[] file = store.read(name);
        requireHeader(name, file);
        snapshotBytes = file.length;
        ClusterImage read = ClusterImage.EMPTY;
        int offset = Frames.HEADER_BYTES;
        while (true) {
            int end = Frames.endOfFrame(file, offset);
            if (end < 0) {
                throw damaged(name, offset, "the snapshot is cut off or its checksum is wrong");
            }
            Payload.Content content = contentOf(name, file, offset, end);
            if (content.decisions().isEmpty()) {
                return read.atVersion(base);
            }
            for (List<MetadataRecord> records : content.decisions()) {
                read = read.apply(records);
            }
            offset = end;
        }
    }

    private void readLog() throws IOException {
        byte[] file = store.read(log);
        if (base == 0 && isUnfinishedStart(file)) {
            store.truncate(log, 0);
            createLog();
            return;
        }
        requireHeader(log, file);
        int last = 0;
        int offset = Frames.HEADER_BYTES;
        for (int end = Frames.endOfFrame(file, offset); end >= 0; end = Frames.endOfFrame(file, offset)) {
            replay(contentOf(log, file, offset, end), offset);
            last = offset;
            offset = end;
        }
        logBytes = offset;
        if (offset < file.length) {
            cutTail(file, offset);
        }
        rewriteLast(file, last, offset);
    }

    private void replay(Payload.Content content, int offset) {
        if (content.versionBefore() != image.version()) {
            throw damaged(
                    log,
                    offset,
                    "a decision on version " + content.versionBefore() + " follows version " + image.version());
        }
        for (List<MetadataRecord> records : content.decisions()) {
            image = image.apply(records);
        }
    }

    private void cutTail(byte[] file, int offset) throws IOException {
        int sound = Frames.nextFrame(file, offset + 1);
        if (sound >= 0) {
            throw damaged(log, offset, "the bytes up to offset " + sound + " are damaged, and decisions follow them");
        }
        LOG.warn(
                "{}: cut {} bytes of an unfinished write at offset {}",
                store.describe(log),
                file.length - offset,
                offset);
        store.truncate(log, offset);
        store.sync(log);
    }

    /**
     * Writes the last frame once more, or the header where no frame follows it. (1) Its sync fails, and nobody is told that it
     * is decided; (2) the process ends; (3) the next one reads the bytes from the page cache, where they are marked clean
     * although the disk never got them; (4) power fails, and the frames after it follow a hole. Writing them again makes step 3
     * safe.
     */
    private void rewriteLast(byte[] file, int start, int end) throws IOException {
        store.write(log, start, ByteBuffer.wrap(file, start, end - start));
        store.sync(log);
    }

    private void compact(ClusterImage current) throws IOException {
        String oldLog = log;
        long oldBase = base;
        base = current.version();
        log = Generation.log(base);
        createLog();
        store.syncDirectory();
        writeSnapshot(current);
        store.syncDirectory();
        store.delete(oldLog);
        if (oldBase > 0) {
            store.delete(Generation.snapshot(oldBase));
        }
        LOG.debug("{}: snapshot of version {} takes {} bytes", store.describe(log), base, snapshotBytes);
    }

    private void writeSnapshot(ClusterImage current) throws IOException {
        String name = Generation.snapshot(current.version());
        String temporary = name + Generation.TEMPORARY;
        snapshotBytes = 0;
        try {
            Generation.writeSnapshot(current, bytes -> appendToSnapshot(temporary, bytes));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        store.sync(temporary);
        store.rename(temporary, name);
    }

    private void appendToSnapshot(String name, ByteBuffer bytes) {
        try {
            int size = bytes.remaining();
            store.write(name, snapshotBytes, bytes);
            snapshotBytes += size;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void createLog() throws IOException {
        store.write(log, 0, Frames.header(base));
        store.sync(log);
        logBytes = Frames.HEADER_BYTES;
    }

    private void deleteOthers(List<String> names) throws IOException {
        List<String> kept = List.of(log, Generation.snapshot(base));
        for (String name : names) {
            if (!kept.contains(name)) {
                store.delete(name);
            }
        }
    }

    /** Whether the very first log was being created when the process ended: nothing was ever decided in it. */
    private static boolean isUnfinishedStart(byte[] file) {
        return Frames.checkHeader(file, 0) == Frames.Header.BROKEN && Frames.nextFrame(file, 0) < 0;
    }

    private void requireHeader(String name, byte[] file) {
        switch (Frames.checkHeader(file, base)) {
            case GOOD -> {}
            case NEWER ->
                throw new MetadataLogException(
                        Fate.REFUSED,
                        store.describe(name)
                                + " was written by a newer version of Millrace, which this one cannot read:"
                                + " start that version, or restore a copy of the data from before the upgrade",
                        null);
            case BROKEN -> throw damaged(name, 0, "the header is not that of this file");
        }
    }

    private Payload.Content contentOf(String name, byte[] file, int offset, int end) {
        int start = Frames.payloadStart(offset);
        try {
            return Payload.read(file, start, end - start);
        } catch (IOException e) {
            throw damaged(name, offset, String.valueOf(e.getMessage()));
        }
    }

    private MetadataLogException damaged(String name, int offset, String what) {
        return new MetadataLogException(
                Fate.REFUSED,
                store.describe(name) + " is damaged at offset " + offset + ": " + what
                        + ". Nothing was changed. Restore the data directory from a copy, and check the disk",
                null);
    }
}
