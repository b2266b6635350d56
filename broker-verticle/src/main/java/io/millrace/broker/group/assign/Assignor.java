package io.millrace.broker.group.assign;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A way of giving every partition that is subscribed to, to one of its subscribers. Pure. */
public interface Assignor {

    /** What members and settings call it. */
    String name();

    /**
     * Assigns all partitions of all topics that somebody has subscribed to.
     *
     * @return for every member what it is to read, which may be nothing
     */
    Map<String, TopicPartitions> assign(GroupSpec group);

    /** The one of this name, or null if there is none. */
    static @Nullable Assignor named(String name) {
        return switch (name) {
            case UniformAssignor.NAME -> new UniformAssignor();
            case RangeAssignor.NAME -> new RangeAssignor();
            default -> null;
        };
    }
}
