package io.millrace.cluster.election;

import io.millrace.cluster.Outcome;
import java.util.Map;

/**
 * A change to a resource's explicit settings, which can depend on their current values (append to a list, replace all).
 * Pure; called on the metadata log's thread.
 */
@FunctionalInterface
public interface ConfigEdit {
    /** All explicit settings after the change, or why it cannot be made. */
    Outcome<Map<String, String>> edit(Map<String, String> current);
}
