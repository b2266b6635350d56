package io.millrace.broker.storage;

import java.util.UUID;

/**
 * Which partition a log belongs to. The topic id tells a topic from an earlier one of the same name; the name is here for
 * the directory and for people.
 */
public record LogId(String topic, UUID topicId, int partition) {

    /** Kafka's directory name, {@code <topic>-<partition>}. */
    public String directoryName() {
        return topic + "-" + partition;
    }

    @Override
    public String toString() {
        return directoryName();
    }
}
