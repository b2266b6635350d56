package io.millrace.broker.group.consumer;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The topics of the cluster, as a group sees them: one image, which does not change while something is decided. */
public interface TopicView {

    /** Grows with every change of the cluster. */
    long version();

    /** Null if there is no such topic. */
    @Nullable
    UUID idOf(String topic);

    /** Null if there is no such topic. */
    @Nullable
    String nameOf(UUID topicId);

    /** 0 if there is no such topic. */
    int partitionsOf(UUID topicId);
}
