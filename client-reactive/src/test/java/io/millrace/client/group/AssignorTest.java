package io.millrace.client.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.Seeds;
import io.millrace.client.TopicPartition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.junit.jupiter.api.Test;

class AssignorTest {

    @Test
    void rangesAreThoseOfKafka() {
        Seeds.each(500, random -> {
            Map<String, Integer> topics = topics(random);
            List<GroupMember> members = members(random, topics, random.nextBoolean());
            assertThat(Assignors.RANGE.assign(topics, members))
                    .isEqualTo(
                            KafkaTwin.assign(new org.apache.kafka.clients.consumer.RangeAssignor(), topics, members));
        });
    }

    @Test
    void turnsAreThoseOfKafka() {
        Seeds.each(500, random -> {
            Map<String, Integer> topics = topics(random);
            List<GroupMember> members = members(random, topics, random.nextBoolean());
            assertThat(Assignors.ROUND_ROBIN.assign(topics, members))
                    .isEqualTo(KafkaTwin.assign(
                            new org.apache.kafka.clients.consumer.RoundRobinAssignor(), topics, members));
        });
    }

    @Test
    void withTheSameTopicsStickyIsAsEvenAsKafkasAndKeepsAsMuch() {
        Seeds.each(500, random -> {
            Map<String, Integer> topics = topics(random);
            List<GroupMember> members = owning(random, topics, members(random, topics, true));
            Map<String, Set<TopicPartition>> ours = Assignors.STICKY.assign(topics, members);
            Map<String, Set<TopicPartition>> theirs =
                    KafkaTwin.assign(new org.apache.kafka.clients.consumer.StickyAssignor(), topics, members);
            checkComplete(topics, members, ours);
            assertThat(sizes(ours)).isEqualTo(sizes(theirs));
            assertThat(kept(members, ours)).isEqualTo(kept(members, theirs));
        });
    }

    @Test
    void withDifferentTopicsNoSingleMoveWouldMakeItMoreEven() {
        long[] ours = new long[2];
        long[] theirs = new long[2];
        Seeds.each(300, random -> {
            Map<String, Integer> topics = topics(random);
            List<GroupMember> members = owning(random, topics, members(random, topics, false));
            Map<String, Set<TopicPartition>> assignment = Assignors.STICKY.assign(topics, members);
            checkComplete(topics, members, assignment);
            checkBalanced(members, assignment);
            Map<String, Set<TopicPartition>> kafkas =
                    KafkaTwin.assign(new org.apache.kafka.clients.consumer.StickyAssignor(), topics, members);
            ours[0] += squares(assignment);
            theirs[0] += squares(kafkas);
            ours[1] += kept(members, assignment);
            theirs[1] += kept(members, kafkas);
        });
        // In all, as the two need not find the same: neither less even, nor moving much more.
        assertThat(ours[0]).as("unevenness").isLessThanOrEqualTo(theirs[0]);
        assertThat((double) ours[1]).as("kept").isGreaterThan(0.97 * theirs[1]);
    }

    @Test
    void whatIsInBalanceDoesNotMove() {
        Seeds.each(200, random -> {
            Map<String, Integer> topics = topics(random);
            List<GroupMember> members = members(random, topics, random.nextBoolean());
            Map<String, Set<TopicPartition>> once = Assignors.STICKY.assign(topics, members);
            assertThat(Assignors.STICKY.assign(topics, after(members, once, 1))).isEqualTo(once);
        });
    }

    @Test
    void cooperativeGivesNothingAwayThatSomebodyHas() {
        Seeds.each(300, random -> {
            Map<String, Integer> topics = topics(random);
            List<GroupMember> members = owning(random, topics, members(random, topics, random.nextBoolean()));
            Map<String, Set<TopicPartition>> first = Assignors.COOPERATIVE_STICKY.assign(topics, members);
            for (GroupMember each : members) {
                for (GroupMember other : members) {
                    if (!each.equals(other) && !other.owned().isEmpty()) {
                        assertThat(first.get(each.memberId())).doesNotContainAnyElementsOf(other.owned());
                    }
                }
            }
            Map<String, Set<TopicPartition>> settled = first;
            // Where subscriptions differ, what has become free may make another move worth while.
            for (int generation = 2; generation < 6; generation++) {
                settled = Assignors.COOPERATIVE_STICKY.assign(topics, after(members, settled, generation));
            }
            checkComplete(topics, members, settled);
            checkBalanced(members, settled);
        });
    }

    @Test
    void cooperativeWithholdsAsMuchAsKafkas() {
        Seeds.each(300, random -> {
            Map<String, Integer> topics = topics(random);
            List<GroupMember> members = owning(random, topics, members(random, topics, true));
            assertThat(sizes(Assignors.COOPERATIVE_STICKY.assign(topics, members)).stream()
                            .mapToInt(each -> each)
                            .sum())
                    .isEqualTo(sizes(KafkaTwin.assign(new CooperativeStickyAssignor(), topics, members)).stream()
                            .mapToInt(each -> each)
                            .sum());
        });
    }

    @Test
    void ofTwoOwnersTheOneOfTheLaterGenerationIsRight() {
        TopicPartition p0 = new TopicPartition("t", 0);
        TopicPartition p1 = new TopicPartition("t", 1);
        List<GroupMember> members = List.of(
                new GroupMember("a", null, Set.of("t"), Set.of(p0, p1), 3),
                new GroupMember("b", null, Set.of("t"), Set.of(p0), 4));
        Map<String, Set<TopicPartition>> assignment = Assignors.STICKY.assign(Map.of("t", 2), members);
        assertThat(assignment).isEqualTo(Map.of("a", Set.of(p1), "b", Set.of(p0)));
    }

    @Test
    void ofTwoOwnersOfOneGenerationNeitherIsBelieved() {
        TopicPartition p0 = new TopicPartition("t", 0);
        List<GroupMember> members = List.of(
                new GroupMember("a", null, Set.of("t"), Set.of(p0), 3),
                new GroupMember("b", null, Set.of("t"), Set.of(p0), 3));
        assertThat(Assignors.COOPERATIVE_STICKY.assign(Map.of("t", 1), members))
                .as("both may be reading it, so nobody gets it before both have given it up")
                .isEqualTo(Map.of("a", Set.of(), "b", Set.of()));
    }

    @Test
    void aGroupWithoutMembersOrTopicsIsNoTrouble() {
        for (String name : List.of("range", "roundrobin", "sticky", "cooperative-sticky")) {
            PartitionAssignor assignor = Assignors.named(name);
            assertThat(assignor.name()).isEqualTo(name);
            assertThat(assignor.assign(Map.of("t", 3), List.of())).isEmpty();
            GroupMember member = new GroupMember("a", null, Set.of("gone"), Set.of(), -1);
            assertThat(assignor.assign(Map.of(), List.of(member))).isEqualTo(Map.of("a", Set.of()));
        }
        assertThatThrownBy(() -> Assignors.named("best"))
                .hasMessageContaining("'best'")
                .hasMessageContaining("roundrobin");
    }

    private static Map<String, Integer> topics(Random random) {
        Map<String, Integer> topics = new TreeMap<>();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            topics.put("t" + i, 1 + random.nextInt(random.nextBoolean() ? 4 : 20));
        }
        return topics;
    }

    private static List<GroupMember> members(Random random, Map<String, Integer> topics, boolean same) {
        List<GroupMember> members = new ArrayList<>();
        int count = 1 + random.nextInt(10);
        for (int i = 0; i < count; i++) {
            Set<String> wanted = new HashSet<>();
            for (String each : topics.keySet()) {
                if (same || random.nextBoolean()) {
                    wanted.add(each);
                }
            }
            if (!same && random.nextInt(5) == 0) {
                wanted.add("missing");
            }
            String instance = random.nextInt(4) == 0 ? "i" + random.nextInt(1000) + "-" + i : null;
            members.add(new GroupMember("m" + random.nextInt(1000) + "-" + i, instance, wanted, Set.of(), -1));
        }
        return members;
    }

    /** The members after some assignment, with some that are new, and with topics and partitions that were not there before. */
    private static List<GroupMember> owning(Random random, Map<String, Integer> topics, List<GroupMember> members) {
        Map<String, Integer> before = new TreeMap<>(topics);
        before.replaceAll((topic, count) -> Math.max(1, count - random.nextInt(3)));
        if (random.nextBoolean()) {
            before.put("gone", 3);
        }
        List<GroupMember> present = new ArrayList<>(members);
        present.removeIf(each -> present.size() > 1 && random.nextInt(3) == 0);
        List<GroupMember> wider = new ArrayList<>();
        for (GroupMember each : present) {
            Set<String> wanted = new HashSet<>(each.topics());
            wanted.add("gone");
            wanted.add("t" + random.nextInt(3));
            wider.add(new GroupMember(each.memberId(), each.instanceId(), wanted, Set.of(), -1));
        }
        PartitionAssignor assignor = Seeds.oneOf(random, Assignors.RANGE, Assignors.ROUND_ROBIN, Assignors.STICKY);
        Map<String, Set<TopicPartition>> assignment = assignor.assign(before, wider);
        List<GroupMember> owning = new ArrayList<>();
        for (GroupMember each : members) {
            Set<TopicPartition> owned = assignment.getOrDefault(each.memberId(), Set.of());
            owning.add(each.owning(owned, owned.isEmpty() ? -1 : 7));
        }
        return owning;
    }

    private static List<GroupMember> after(
            List<GroupMember> members, Map<String, Set<TopicPartition>> assignment, int generation) {
        return members.stream()
                .map(each -> each.owning(assignment.getOrDefault(each.memberId(), Set.of()), generation))
                .toList();
    }

    private static void checkComplete(
            Map<String, Integer> topics, List<GroupMember> members, Map<String, Set<TopicPartition>> assignment) {
        Set<TopicPartition> all = new HashSet<>();
        for (GroupMember each : members) {
            for (TopicPartition partition : assignment.getOrDefault(each.memberId(), Set.of())) {
                assertThat(each.topics()).contains(partition.topic());
                assertThat(all.add(partition)).as("%s has one owner", partition).isTrue();
            }
        }
        int wanted = Shares.topics(topics, members).stream()
                .mapToInt(each -> topics.getOrDefault(each, 0))
                .sum();
        assertThat(all).hasSize(wanted);
    }

    private static void checkBalanced(List<GroupMember> members, Map<String, Set<TopicPartition>> assignment) {
        for (GroupMember rich : members) {
            Set<TopicPartition> has = assignment.getOrDefault(rich.memberId(), Set.of());
            for (GroupMember poor : members) {
                int fewer = assignment.getOrDefault(poor.memberId(), Set.of()).size();
                if (has.size() > fewer + 1) {
                    assertThat(has).noneMatch(each -> poor.topics().contains(each.topic()));
                }
            }
        }
    }

    private static List<Integer> sizes(Map<String, Set<TopicPartition>> assignment) {
        return assignment.values().stream().map(Set::size).sorted().toList();
    }

    private static long squares(Map<String, Set<TopicPartition>> assignment) {
        return assignment.values().stream()
                .mapToLong(each -> (long) each.size() * each.size())
                .sum();
    }

    private static int kept(List<GroupMember> members, Map<String, Set<TopicPartition>> assignment) {
        int kept = 0;
        for (GroupMember each : members) {
            Set<TopicPartition> both = new HashSet<>(each.owned());
            both.retainAll(assignment.getOrDefault(each.memberId(), Set.of()));
            kept += both.size();
        }
        return kept;
    }
}
