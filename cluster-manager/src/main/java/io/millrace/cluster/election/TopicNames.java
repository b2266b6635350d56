package io.millrace.cluster.election;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Kafka's rules for the names of topics, which are also rules for the names of directories. */
public final class TopicNames {
    /** A directory's name is the topic's with a partition number, and file systems allow 255 characters. */
    public static final int LENGTH_MAX = 249;

    /** Where consumer groups keep their offsets. */
    public static final String CONSUMER_OFFSETS = "__consumer_offsets";
    /** Where transaction coordinators keep their state. */
    public static final String TRANSACTION_STATE = "__transaction_state";
    /** Where share coordinators keep their state. */
    public static final String SHARE_GROUP_STATE = "__share_group_state";
    /** The name of Kafka's metadata log, which is no topic that anybody could create. */
    public static final String CLUSTER_METADATA = "__cluster_metadata";

    private static final Set<String> INTERNAL = Set.of(CONSUMER_OFFSETS, TRANSACTION_STATE, SHARE_GROUP_STATE);

    private TopicNames() {}

    /** What is wrong with the name, or null when it may be used. */
    public static @Nullable String problemWith(String name) {
        if (name.isEmpty()) {
            return "Topic name is invalid: the empty string is not allowed";
        }
        if (name.equals(".") || name.equals("..")) {
            return "Topic name is invalid: '" + name + "' is not allowed";
        }
        if (name.length() > LENGTH_MAX) {
            return "Topic name is invalid: the length of '" + name + "' is longer than the max allowed length "
                    + LENGTH_MAX;
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isAllowed(name.charAt(i))) {
                return "Topic name is invalid: '" + name
                        + "' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
            }
        }
        return null;
    }

    /** Whether clients are told that the topic belongs to the cluster itself. */
    public static boolean isInternal(String name) {
        return INTERNAL.contains(name);
    }

    private static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
