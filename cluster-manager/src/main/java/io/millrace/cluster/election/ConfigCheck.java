package io.millrace.cluster.election;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says whether a resource may have these explicit settings. Pure; called on the metadata log's thread. */
@FunctionalInterface
public interface ConfigCheck {
    /** What is wrong with the settings, in words for the one who asked for them, or null when they are fine. */
    @Nullable
    String problemWith(Map<String, String> configs);
}
