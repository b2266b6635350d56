package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.GroupSpec;
import io.millrace.broker.group.assign.MemberSpec;
import io.millrace.broker.group.assign.TopicPartitions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A new target assignment for a group in which one member is about to change. One use. */
final class Targets {

    private final ConsumerGroup group;
    private final TopicView topics;
    private final Map<String, MemberSpec> members = new HashMap<>();
    private final Map<UUID, Integer> partitionCounts = new HashMap<>();
    private final List<Profile> profiles = new ArrayList<>();

    Targets(ConsumerGroup group, TopicView topics) {
        this.group = group;
        this.topics = topics;
    }

    /** Takes a member into account. */
    Targets add(String memberId, Profile profile, TopicPartitions assigned) {
        Set<UUID> topicIds = group.subscriptions().idsOf(profile, topics);
        topicIds.forEach(id -> partitionCounts.put(id, topics.partitionsOf(id)));
        members.put(memberId, new MemberSpec(profile.instanceId(), topicIds, assigned));
        profiles.add(profile);
        return this;
    }

    Map<String, TopicPartitions> assign() {
        return group.settings().assignorFor(profiles).assign(new GroupSpec(members, partitionCounts));
    }
}
