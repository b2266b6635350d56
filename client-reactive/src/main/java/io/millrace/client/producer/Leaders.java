package io.millrace.client.producer;

import io.millrace.client.TopicPartition;

/** Who leads partitions, as far as the client knows. */
public interface Leaders {

    /** The broker's id; -1 if there is none, or nobody knows. */
    int leaderOf(TopicPartition partition);

    /** Grows with each leader; -1 if unknown. */
    int leaderEpochOf(TopicPartition partition);
}
