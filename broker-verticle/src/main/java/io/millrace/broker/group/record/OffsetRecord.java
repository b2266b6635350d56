package io.millrace.broker.group.record;

import org.jspecify.annotations.Nullable;

/**
 * A group's place in one partition.
 *
 * @param offset null if it is forgotten
 */
public record OffsetRecord(
        String group, String topic, int partition, @Nullable CommittedOffset offset) implements GroupRecord {}
