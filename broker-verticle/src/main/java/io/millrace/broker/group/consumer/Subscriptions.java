package io.millrace.broker.group.consumer;

import io.millrace.broker.group.decision.Moment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the members of a group read: topics that they name, and that their expressions have chosen. Owned by: the group. */
final class Subscriptions {

    private final Map<String, ConsumerMember> members;
    private final Regexes regexes = new Regexes();

    /** How many members have subscribed to each expression: every heartbeat asks, and there may be thousands of members. */
    private final Map<String, Integer> subscribers = new HashMap<>();

    /** @param members of the group, by id, which changes it */
    Subscriptions(Map<String, ConsumerMember> members) {
        this.members = members;
    }

    Regexes regexes() {
        return regexes;
    }

    /** A member wants something else than before. */
    void onChanged(Profile before, Profile after) {
        String old = before.regex();
        if (old != null && before.hasRegex()) {
            subscribers.computeIfPresent(old, (regex, count) -> count == 1 ? null : count - 1);
        }
        String now = after.regex();
        if (now != null && after.hasRegex()) {
            subscribers.merge(now, 1, Integer::sum);
        }
    }

    boolean include(String topic) {
        return members.values().stream()
                .anyMatch(each -> each.profile.topics().contains(topic)
                        || regexes.topicsOf(each.profile.regex()).contains(topic));
    }

    int subscribersOf(String regex) {
        return subscribers.getOrDefault(regex, 0);
    }

    /** What a member of this profile reads. */
    SortedSet<String> of(Profile profile) {
        SortedSet<String> names = new TreeSet<>(profile.topics());
        names.addAll(regexes.topicsOf(profile.regex()));
        return names;
    }

    /** The same, as far as it exists. */
    Set<UUID> idsOf(Profile profile, TopicView topics) {
        Set<UUID> ids = new HashSet<>();
        for (String each : of(profile)) {
            UUID topicId = topics.idOf(each);
            if (topicId != null) {
                ids.add(topicId);
            }
        }
        return ids;
    }

    /** What all members but these read. */
    SortedSet<String> without(Set<String> memberIds) {
        SortedSet<String> names = new TreeSet<>();
        for (ConsumerMember each : members.values()) {
            if (!memberIds.contains(each.id)) {
                names.addAll(of(each.profile));
            }
        }
        return names;
    }

    /** The expressions that some member but these has subscribed to. */
    Set<String> regexesWithout(Set<String> memberIds) {
        Set<String> all = new HashSet<>();
        for (ConsumerMember each : members.values()) {
            String regex = each.profile.regex();
            if (regex != null && !regex.isEmpty() && !memberIds.contains(each.id)) {
                all.add(regex);
            }
        }
        return all;
    }

    /** Those that are to be matched with the topics of the cluster now. */
    Set<String> beginResolving(TopicView topics, Moment now) {
        Set<String> subscribed = subscribers.keySet();
        return regexes.isDue(subscribed, topics, now) ? regexes.begin(subscribed) : Set.of();
    }

    /** What all members read, once this is what expressions have chosen. */
    SortedSet<String> with(Map<String, SortedSet<String>> chosen) {
        SortedSet<String> names = new TreeSet<>();
        for (ConsumerMember each : members.values()) {
            names.addAll(each.profile.topics());
            String regex = each.profile.regex();
            @Nullable SortedSet<String> found = regex == null ? null : chosen.get(regex);
            names.addAll(found == null ? regexes.topicsOf(regex) : found);
        }
        return names;
    }
}
