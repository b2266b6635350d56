package io.millrace.broker.group.assign;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The uniform assignment of a group whose members have subscribed to different topics. One use.
 *
 * <ol>
 *   <li>Members keep what they have, of what they have still subscribed to.
 *   <li>What is free goes to the subscriber with the least, beginning with the topics that load their subscribers most.
 *   <li>Topic by topic, partitions go from the subscriber with the most to the one with the least, as long as that makes them
 *       more equal; and again from the first topic, as that may help others, but not for ever.
 * </ol>
 */
final class LoadBalance {

    /** Each round about halves what can be improved by moves from member to member; no more is worth the time. */
    private static final int ROUNDS_MAX = 16;

    private static final int NOBODY = -1;

    /** A topic with its subscribers and owners, who are numbers of members. */
    private static final class Topic {
        private final UUID id;
        private final int[] owners;
        private final List<Integer> subscribers = new ArrayList<>();

        Topic(UUID id, int partitions) {
            this.id = id;
            owners = new int[partitions];
            Arrays.fill(owners, NOBODY);
        }

        double partitionsPerSubscriber() {
            return (double) owners.length / subscribers.size();
        }
    }

    private final List<String> memberIds;
    private final List<MemberSpec> members;
    private final Map<UUID, Topic> topics = new TreeMap<>();

    /** Partitions of each member. */
    private final int[] loads;

    private final Comparator<Integer> byLoad;

    LoadBalance(GroupSpec group) {
        memberIds = List.copyOf(group.members().keySet());
        members = List.copyOf(group.members().values());
        loads = new int[members.size()];
        byLoad = Comparator.comparingInt((Integer member) -> loads[member]).thenComparing(Comparator.naturalOrder());
        group.topicIds().forEach(id -> topics.put(id, new Topic(id, group.partitionsOf(id))));
    }

    Map<String, TopicPartitions> assign() {
        for (int member = 0; member < members.size(); member++) {
            keep(member, members.get(member));
        }
        List<Topic> heaviestFirst = new ArrayList<>(topics.values());
        heaviestFirst.sort(Comparator.comparingDouble((Topic each) -> -each.partitionsPerSubscriber())
                .thenComparingInt(each -> each.subscribers.size()));
        heaviestFirst.forEach(this::handOut);
        balance(heaviestFirst);
        return result();
    }

    private void keep(int member, MemberSpec spec) {
        for (UUID topicId : spec.topicIds()) {
            Topic topic = topics.get(topicId);
            if (topic != null) {
                topic.subscribers.add(member);
                for (int partition : spec.assigned().of(topicId)) {
                    if (partition < topic.owners.length && topic.owners[partition] == NOBODY) {
                        move(topic, partition, member);
                    }
                }
            }
        }
    }

    private void handOut(Topic topic) {
        SortedSet<Integer> leastFirst = new TreeSet<>(byLoad);
        leastFirst.addAll(topic.subscribers);
        for (int partition = 0; partition < topic.owners.length; partition++) {
            if (topic.owners[partition] == NOBODY) {
                // Out while its load changes, by which the set is ordered.
                int least = leastFirst.first();
                leastFirst.remove(least);
                move(topic, partition, least);
                leastFirst.add(least);
            }
        }
    }

    private void balance(List<Topic> inOrder) {
        boolean moved = true;
        for (int round = 0; round < ROUNDS_MAX && moved; round++) {
            moved = false;
            for (Topic each : inOrder) {
                moved |= balance(each);
            }
        }
    }

    /** Returns whether something moved. */
    private boolean balance(Topic topic) {
        Map<Integer, List<Integer>> byOwner = new TreeMap<>();
        for (int partition = 0; partition < topic.owners.length; partition++) {
            byOwner.computeIfAbsent(topic.owners[partition], owner -> new ArrayList<>())
                    .add(partition);
        }
        TreeSet<Integer> givers = new TreeSet<>(byLoad);
        givers.addAll(byOwner.keySet());
        TreeSet<Integer> takers = new TreeSet<>(byLoad);
        takers.addAll(topic.subscribers);
        boolean moved = false;
        while (!givers.isEmpty()) {
            int most = givers.last();
            int least = takers.first();
            if (loads[most] - loads[least] <= 1) {
                return moved;
            }
            givers.remove(most);
            takers.remove(most);
            givers.remove(least);
            takers.remove(least);
            List<Integer> partitions = byOwner.computeIfAbsent(most, owner -> new ArrayList<>());
            move(topic, partitions.remove(partitions.size() - 1), least);
            moved = true;
            takers.add(most);
            takers.add(least);
            if (!partitions.isEmpty()) {
                givers.add(most);
            }
            // What it has just been given it keeps; whether it gives away others is for the next round.
        }
        return moved;
    }

    private void move(Topic topic, int partition, int member) {
        int before = topic.owners[partition];
        if (before != NOBODY) {
            loads[before]--;
        }
        topic.owners[partition] = member;
        loads[member]++;
    }

    private Map<String, TopicPartitions> result() {
        List<TopicPartitions.Builder> builders = new ArrayList<>();
        members.forEach(each -> builders.add(new TopicPartitions.Builder()));
        for (Topic topic : topics.values()) {
            for (int partition = 0; partition < topic.owners.length; partition++) {
                builders.get(topic.owners[partition]).add(topic.id, partition);
            }
        }
        Map<String, TopicPartitions> assignment = new LinkedHashMap<>();
        for (int member = 0; member < members.size(); member++) {
            assignment.put(memberIds.get(member), builders.get(member).build());
        }
        return assignment;
    }
}
