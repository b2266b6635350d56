package io.millrace.broker.storage.shard;

import java.util.UUID;

/** A partition by identity: the topic id, since a name may come back for another topic. */
public record LogKey(UUID topicId, int partition) {}
