package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Up to which offset a log is compacted: before it no key has two records. Kept in a file of the log's directory, so that it
 * goes with the log. Too small, or lost, it only makes the next compaction read more. Too large it must never be: a deletion
 * in front of it would be dropped at its horizon with an older record of its key still there. Locked, because compactions
 * move it forward on a thread of their own while the append thread may cut the log.
 */
final class CleanedOffset {

    static final String NAME = "cleaner-offset-checkpoint";

    private static final Logger LOG = LoggerFactory.getLogger(CleanedOffset.class);

    private static final String VERSION = "0";
    private static final int LINES = 3;

    private volatile long offset;
    private int cuts;

    private CleanedOffset(long offset) {
        this.offset = offset;
    }

    /** Reads the file. One that is damaged counts as lost. */
    static CleanedOffset read(FileStore store, Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        if (!store.exists(path)) {
            return new CleanedOffset(0);
        }
        List<String> lines = SmallFiles.readLines(store, path);
        try {
            if (lines.size() == LINES && lines.equals(encode(Long.parseLong(lines.get(1))))) {
                return new CleanedOffset(Long.parseLong(lines.get(1)));
            }
        } catch (NumberFormatException notANumber) {
            LOG.debug("{} has no number", path, notANumber);
        }
        LOG.warn("ignoring {}, which is damaged: the log counts as not compacted", path);
        return new CleanedOffset(0);
    }

    /** Any thread. */
    long get() {
        return offset;
    }

    /** How often the log was cut since the start. */
    synchronized int cuts() {
        return cuts;
    }

    /**
     * Moves it forward, durably, unless the log was cut since.
     *
     * @param cutsBefore when the compaction began that has come so far
     */
    synchronized void advance(FileStore store, Path directory, long to, int cutsBefore) throws IOException {
        if (cuts == cutsBefore && to > offset) {
            write(store, directory, to);
        }
    }

    /** The log is about to be cut at an offset. */
    synchronized void cutTo(FileStore store, Path directory, long end) throws IOException {
        cuts++;
        if (end < offset) {
            write(store, directory, end);
        }
    }

    /**
     * Forgets an offset that lies behind the end which recovery has found.
     *
     * @return whether there was one: that it is gone must be durable before the log grows past it
     */
    boolean forgetBeyond(FileStore store, Path directory, long end) throws IOException {
        if (offset <= end) {
            return false;
        }
        store.delete(directory.resolve(NAME));
        offset = 0;
        return true;
    }

    private void write(FileStore store, Path directory, long value) throws IOException {
        SmallFiles.replace(store, directory.resolve(NAME), String.join("\n", encode(value)) + "\n");
        offset = value;
    }

    private static List<String> encode(long value) {
        CRC32C crc = new CRC32C();
        crc.update((VERSION + " " + value).getBytes(StandardCharsets.UTF_8));
        return List.of(VERSION, Long.toString(value), Long.toHexString(crc.getValue()));
    }
}
