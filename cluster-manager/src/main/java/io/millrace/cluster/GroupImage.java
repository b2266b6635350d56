package io.millrace.cluster;

import java.util.Map;

/**
 * A consumer group that has settings of its own. Its members and offsets are no part of the metadata log: a group may have
 * settings before there is one, and keeps them when it is gone.
 *
 * @param id the group's id
 * @param configs its explicit settings, at least one
 */
public record GroupImage(String id, Map<String, String> configs) {
    public GroupImage {
        configs = Map.copyOf(configs);
    }
}
