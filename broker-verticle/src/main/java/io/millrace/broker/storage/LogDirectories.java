package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Directories of logs, and what their names say. */
public final class LogDirectories {

    /** Ends the name of a directory that only waits to be deleted. */
    public static final String ASIDE = "-delete";

    /** What file systems allow. */
    private static final int NAME_MAX = 255;

    private LogDirectories() {}

    /** Kafka's name of a directory that waits for deletion: {@code <topic>-<partition>.<unique>-delete}. */
    static String asideName(LogId id, String unique) {
        return asideName(id.topic(), id.partition(), unique);
    }

    private static String asideName(String topic, int partition, String unique) {
        String suffix = "-" + partition + "." + unique + ASIDE;
        return topic.substring(0, Math.min(topic.length(), NAME_MAX - suffix.length())) + suffix;
    }

    /** Whether a directory waits for deletion that was the log of this partition. */
    public static boolean isAsideOf(String name, String topic, int partition) {
        return isAside(name)
                && name.equals(asideName(
                        topic, partition, name.substring(name.lastIndexOf('.') + 1, name.length() - ASIDE.length())));
    }

    public static boolean isAside(String name) {
        return name.endsWith(ASIDE) && name.indexOf('.') >= 0;
    }

    /** Which partition a directory belongs to: the id from its metadata file, the rest from its name. Null when unknown. */
    public static @Nullable LogId readId(FileStore store, Path directory) throws IOException {
        String name = directory.getFileName().toString();
        int dash = name.lastIndexOf('-');
        UUID topicId = PartitionMetadataFile.read(store, directory);
        if (topicId == null || dash <= 0) {
            return null;
        }
        try {
            return new LogId(name.substring(0, dash), topicId, Integer.parseInt(name.substring(dash + 1)));
        } catch (NumberFormatException notAPartition) {
            return null;
        }
    }
}
