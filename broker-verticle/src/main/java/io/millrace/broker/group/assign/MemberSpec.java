package io.millrace.broker.group.assign;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A member, as an assignor sees it.
 *
 * @param instanceId null unless the member is static
 * @param topicIds what it has subscribed to, of what exists
 * @param assigned what it was assigned last
 */
public record MemberSpec(@Nullable String instanceId, Set<UUID> topicIds, TopicPartitions assigned) {

    public MemberSpec {
        topicIds = Set.copyOf(topicIds);
    }
}
