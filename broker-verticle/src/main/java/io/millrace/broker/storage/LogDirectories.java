package io.millrace.broker.storage;

/** Names of the directories of logs. */
public final class LogDirectories {

    /** Ends the name of a directory that only waits to be deleted. */
    public static final String ASIDE = "-delete";

    /** What file systems allow. */
    private static final int NAME_MAX = 255;

    private LogDirectories() {}

    /** Kafka's name of a directory that waits for deletion: {@code <topic>-<partition>.<unique>-delete}. */
    static String asideName(LogId id, String unique) {
        String suffix = "-" + id.partition() + "." + unique + ASIDE;
        String topic = id.topic();
        return topic.substring(0, Math.min(topic.length(), NAME_MAX - suffix.length())) + suffix;
    }

    public static boolean isAside(String name) {
        return name.endsWith(ASIDE) && name.indexOf('.') >= 0;
    }
}
