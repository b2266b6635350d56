package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The sticky assignment of a group whose members have subscribed to different topics. One use.
 *
 * <ol>
 *   <li>Members keep what they have.
 *   <li>What is free goes to the subscriber with the least, the topics with the fewest subscribers first, as they leave
 *       the least choice.
 *   <li>Topic by topic, partitions go from the owner with the most to the subscriber with the least, as long as that
 *       makes them more equal, and again from the first topic while anything moves: each move brings two members closer,
 *       so this ends.
 * </ol>
 */
final class LoadBalance {
    private static final int NOBODY = -1;

    private static final class Topic {
        final String name;
        final int[] owners;
        final List<Integer> subscribers = new ArrayList<>();

        Topic(String name, int partitions) {
            this.name = name;
            owners = new int[partitions];
            Arrays.fill(owners, NOBODY);
        }
    }

    private final List<GroupMember> members;
    private final Map<String, Topic> topics = new TreeMap<>();
    private final int[] loads;
    private final Comparator<Integer> byLoad;

    /** @param kept what each member has had and may keep; no partition is there twice */
    LoadBalance(
            Map<String, Integer> partitionCounts, List<GroupMember> members, Map<String, Set<TopicPartition>> kept) {
        this.members = members;
        this.loads = new int[members.size()];
        this.byLoad =
                Comparator.comparingInt((Integer member) -> loads[member]).thenComparing(Comparator.naturalOrder());
        for (String name : Shares.topics(partitionCounts, members)) {
            Topic topic = new Topic(name, partitionCounts.getOrDefault(name, 0));
            topics.put(name, topic);
            for (int i = 0; i < members.size(); i++) {
                if (members.get(i).topics().contains(name)) {
                    topic.subscribers.add(i);
                }
            }
        }
        for (int i = 0; i < members.size(); i++) {
            for (TopicPartition each : kept.getOrDefault(members.get(i).memberId(), Set.of())) {
                Topic topic = topics.get(each.topic());
                if (topic != null) {
                    move(topic, each.partition(), i);
                }
            }
        }
    }

    Map<String, Set<TopicPartition>> assign() {
        List<Topic> leastChoiceFirst = new ArrayList<>(topics.values());
        leastChoiceFirst.sort(Comparator.comparingInt(each -> each.subscribers.size()));
        leastChoiceFirst.forEach(this::handOut);
        boolean moved = true;
        while (moved) {
            moved = false;
            for (Topic each : leastChoiceFirst) {
                moved |= balance(each);
            }
        }
        return result();
    }

    private void handOut(Topic topic) {
        TreeSet<Integer> leastFirst = new TreeSet<>(byLoad);
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
                break;
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
            // What has just been taken is not given away in the same round.
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

    private Map<String, Set<TopicPartition>> result() {
        Map<String, Set<TopicPartition>> assignment = Shares.empty(members);
        for (Topic topic : topics.values()) {
            for (int partition = 0; partition < topic.owners.length; partition++) {
                assignment
                        .computeIfAbsent(members.get(topic.owners[partition]).memberId(), id -> new TreeSet<>())
                        .add(new TopicPartition(topic.name, partition));
            }
        }
        return assignment;
    }
}
