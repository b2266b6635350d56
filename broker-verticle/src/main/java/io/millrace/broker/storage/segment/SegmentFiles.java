package io.millrace.broker.storage.segment;

import java.nio.file.Path;
import java.util.Locale;

/** Kafka's file names of a segment: its base offset in twenty digits, and what the file holds. */
public record SegmentFiles(SharedFile log, SharedFile offsetIndex, SharedFile timeIndex) {

    public static final String LOG = ".log";
    public static final String INDEX = ".index";
    public static final String TIME_INDEX = ".timeindex";
    public static final String SNAPSHOT = ".snapshot";
    public static final String DELETED = ".deleted";

    private static final int DIGITS = 20;

    static SegmentFiles of(OpenFiles openFiles, Path directory, long baseOffset) {
        return new SegmentFiles(
                new SharedFile(openFiles, directory.resolve(name(baseOffset, LOG))),
                new SharedFile(openFiles, directory.resolve(name(baseOffset, INDEX))),
                new SharedFile(openFiles, directory.resolve(name(baseOffset, TIME_INDEX))));
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
