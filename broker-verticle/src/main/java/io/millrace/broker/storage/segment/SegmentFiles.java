package io.millrace.broker.storage.segment;

import io.millrace.broker.storage.SmallFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Kafka's file names of a segment: its base offset in twenty digits, and what the file holds. */
public record SegmentFiles(long baseOffset, SharedFile log, SharedFile offsetIndex, SharedFile timeIndex) {

    public static final String LOG = ".log";
    public static final String INDEX = ".index";
    public static final String TIME_INDEX = ".timeindex";
    public static final String SNAPSHOT = ".snapshot";
    public static final String DELETED = ".deleted";
    /** Ends the names of what compaction writes, until it is whole. */
    public static final String CLEANED = ".cleaned";
    /** Ends the name of a compacted log file that is to take the place of those whose offsets it covers. */
    public static final String SWAP = ".swap";

    private static final int DIGITS = 20;

    /** @param ending behind the usual names, perhaps empty */
    static SegmentFiles of(OpenFiles openFiles, Path directory, long baseOffset, String ending) {
        return new SegmentFiles(
                baseOffset,
                new SharedFile(openFiles, directory.resolve(name(baseOffset, LOG) + ending)),
                new SharedFile(openFiles, directory.resolve(name(baseOffset, INDEX) + ending)),
                new SharedFile(openFiles, directory.resolve(name(baseOffset, TIME_INDEX) + ending)));
    }

    List<SharedFile> all() {
        return List.of(log, offsetIndex, timeIndex);
    }

    /** Removes them for good. Any thread, once the segment is closed. */
    public void delete() throws IOException {
        for (SharedFile file : all()) {
            file.delete();
        }
    }

    /** Gives the log file its usual name with another ending. Readers go on. */
    public void renameLog(String ending) throws IOException {
        rename(log, LOG + ending);
    }

    /** The same for all files, the log file last: where it has its name, the indexes of that name are its own. */
    public void rename(String ending) throws IOException {
        rename(offsetIndex, INDEX + ending);
        rename(timeIndex, TIME_INDEX + ending);
        renameLog(ending);
    }

    /**
     * Begins index files beside those with the usual names, which nobody has opened. Until {@link #placeIndexes} a power
     * loss leaves the old: half of a new one would be believed.
     */
    public void beginIndexes() throws IOException {
        for (SharedFile index : List.of(offsetIndex, timeIndex)) {
            index.beginAnew(index.path().resolveSibling(index.path().getFileName() + SmallFiles.TEMPORARY));
        }
    }

    /** Gives them the usual names, the time index first: one that is empty tells nobody that it should not be. */
    public void placeIndexes() throws IOException {
        rename(timeIndex, TIME_INDEX);
        rename(offsetIndex, INDEX);
    }

    private void rename(SharedFile file, String suffix) throws IOException {
        file.rename(file.path().resolveSibling(name(baseOffset, suffix)));
    }

    public static String name(long offset, String suffix) {
        return String.format(Locale.ROOT, "%0" + DIGITS + "d", offset) + suffix;
    }

    /** The offset in a name with this suffix, or -1 when the name is something else. */
    public static long offsetOf(String name, String suffix) {
        if (name.length() != DIGITS + suffix.length() || !name.endsWith(suffix)) {
            return -1;
        }
        for (int i = 0; i < DIGITS; i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return -1;
            }
        }
        try {
            return Long.parseLong(name.substring(0, DIGITS));
        } catch (NumberFormatException tooLarge) {
            return -1;
        }
    }
}
