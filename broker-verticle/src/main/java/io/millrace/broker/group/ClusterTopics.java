package io.millrace.broker.group;

import io.millrace.broker.group.consumer.TopicView;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.TopicImage;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The topics of an image of the cluster, as groups see them. */
record ClusterTopics(ClusterImage image) implements TopicView {

    @Override
    public long version() {
        return image.version();
    }

    @Override
    public @Nullable UUID idOf(String name) {
        TopicImage topic = image.topic(name);
        return topic == null ? null : topic.id();
    }

    @Override
    public @Nullable String nameOf(UUID topicId) {
        TopicImage topic = image.topic(topicId);
        return topic == null ? null : topic.name();
    }

    @Override
    public int partitionsOf(UUID topicId) {
        TopicImage topic = image.topic(topicId);
        return topic == null ? 0 : topic.partitions().size();
    }

    List<String> names() {
        return image.topics().stream().map(TopicImage::name).toList();
    }
}
