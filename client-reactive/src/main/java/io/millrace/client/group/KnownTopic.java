package io.millrace.client.group;

import java.util.UUID;

/**
 * What metadata says of a topic.
 *
 * @param id {@link io.millrace.wire.Uuids#ZERO} if the broker does not tell
 * @param partitions 0 if there is no such topic
 */
public record KnownTopic(String name, UUID id, int partitions) {}
