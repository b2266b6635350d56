package io.millrace.cluster.election;

/** What a new topic gets when its request leaves it open: {@code num.partitions}, {@code default.replication.factor}. */
public record TopicDefaults(int partitions, int replicationFactor) {}
