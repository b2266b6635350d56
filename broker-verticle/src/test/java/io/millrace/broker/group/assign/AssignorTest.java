package io.millrace.broker.group.assign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.testing.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AssignorTest {

    private static final int ROUNDS = Integer.getInteger("rounds", 300);
    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);
    private static final UUID C = new UUID(0, 3);

    private final Assignor uniform = new UniformAssignor();
    private final Assignor range = new RangeAssignor();

    private static MemberSpec member(TopicPartitions assigned, UUID... topics) {
        return new MemberSpec(null, Set.of(topics), assigned);
    }

    private static MemberSpec member(UUID... topics) {
        return member(TopicPartitions.NONE, topics);
    }

    private static TopicPartitions of(UUID topic, Integer... partitions) {
        return new TopicPartitions.Builder().addAll(topic, List.of(partitions)).build();
    }

    // ---- by example

    @Test
    void assignorsHaveTheirNames() {
        assertThat(Objects.requireNonNull(Assignor.named("uniform")).name()).isEqualTo("uniform");
        assertThat(Objects.requireNonNull(Assignor.named("range")).name()).isEqualTo("range");
        assertThat(Assignor.named("Uniform")).isNull();
    }

    @Test
    void aTopicThatIsNotThereCannotBeSubscribedTo() {
        assertThatThrownBy(() -> new GroupSpec(Map.of("m", member(A)), Map.of(B, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nobodyGetsAnythingOfNothing() {
        for (Assignor each : List.of(uniform, range)) {
            assertThat(each.assign(new GroupSpec(Map.of(), Map.of()))).isEmpty();
            assertThat(each.assign(new GroupSpec(Map.of("m", member()), Map.of())))
                    .containsExactly(Map.entry("m", TopicPartitions.NONE));
        }
    }

    @Test
    void uniformSpreadsEachTopic() {
        GroupSpec group = new GroupSpec(Map.of("m1", member(A, B), "m2", member(A, B)), Map.of(A, 4, B, 3));

        Map<String, TopicPartitions> assigned = uniform.assign(group);

        assertThat(assigned.get("m1")).isEqualTo(of(A, 0, 2).plus(of(B, 0, 2)));
        assertThat(assigned.get("m2")).isEqualTo(of(A, 1, 3).plus(of(B, 1)));
    }

    @Test
    void uniformMovesNothingThatNeedNotMove() {
        // By the order of members the third one that is larger would be m1, and something would move for nothing.
        GroupSpec group = new GroupSpec(
                Map.of("m1", member(of(A, 0), A), "m2", member(of(A, 1, 2), A), "m3", member(of(A, 3), A)),
                Map.of(A, 4));

        assertThat(uniform.assign(group))
                .containsEntry("m1", of(A, 0))
                .containsEntry("m2", of(A, 1, 2))
                .containsEntry("m3", of(A, 3));
    }

    @Test
    void aNewMemberGetsItsShareAndNobodyElseAnything() {
        GroupSpec group = new GroupSpec(
                Map.of("m1", member(of(A, 0, 1, 2), A), "m2", member(of(A, 3, 4, 5), A), "m3", member(A)),
                Map.of(A, 6));

        assertThat(uniform.assign(group))
                .containsEntry("m1", of(A, 0, 1))
                .containsEntry("m2", of(A, 3, 4))
                .containsEntry("m3", of(A, 2, 5));
    }

    @Test
    void whoHasSubscribedToLessLeavesTheRestToOthers() {
        GroupSpec group =
                new GroupSpec(Map.of("m1", member(A), "m2", member(A, B), "m3", member(B)), Map.of(A, 6, B, 6));

        Map<String, TopicPartitions> assigned = uniform.assign(group);

        assertThat(assigned.values().stream().map(TopicPartitions::count)).containsOnly(4);
    }

    @Test
    void whatIsNoLongerSubscribedToIsGivenUp() {
        GroupSpec group = new GroupSpec(
                Map.of("m1", member(of(A, 0, 1).plus(of(C, 0)), A), "m2", member(of(B, 0), B)), Map.of(A, 2, B, 1));

        assertThat(uniform.assign(group)).containsEntry("m1", of(A, 0, 1)).containsEntry("m2", of(B, 0));
    }

    @Test
    void partitionsThatAreGoneAreNotAssigned() {
        GroupSpec group = new GroupSpec(Map.of("m1", member(of(A, 0, 7), A)), Map.of(A, 2));

        assertThat(uniform.assign(group)).containsEntry("m1", of(A, 0, 1));
    }

    @Test
    void rangeJoinsPartitionsOfTheSameNumber() {
        GroupSpec group = new GroupSpec(Map.of("m1", member(A, B), "m2", member(A, B)), Map.of(A, 3, B, 3));

        assertThat(range.assign(group))
                .containsEntry("m1", of(A, 0, 1).plus(of(B, 0, 1)))
                .containsEntry("m2", of(A, 2).plus(of(B, 2)));
    }

    @Test
    void staticMembersComeFirstInRanges() {
        GroupSpec group = new GroupSpec(
                Map.of(
                        "m1", member(A),
                        "m2", new MemberSpec("z", Set.of(A), TopicPartitions.NONE),
                        "m3", new MemberSpec("b", Set.of(A), TopicPartitions.NONE)),
                Map.of(A, 3));

        assertThat(range.assign(group))
                .containsEntry("m3", of(A, 0))
                .containsEntry("m2", of(A, 1))
                .containsEntry("m1", of(A, 2));
    }

    // ---- over random groups

    private static void randomly(Consumer<Random> test) {
        Seeds.forEachOfNew(ROUNDS, seed -> test.accept(new Random(seed)));
    }

    private static GroupSpec randomGroup(Random random, boolean same) {
        Map<UUID, Integer> counts = new HashMap<>();
        int topics = 1 + random.nextInt(6);
        for (int i = 0; i < topics; i++) {
            counts.put(new UUID(0, i), random.nextInt(12));
        }
        Set<UUID> all = Set.copyOf(counts.keySet());
        Map<String, MemberSpec> members = new TreeMap<>();
        IntStream.range(0, 1 + random.nextInt(9)).forEach(i -> {
            String id = "m" + i;
            Set<UUID> topicIds = new HashSet<>(all);
            if (!same) {
                topicIds.removeIf(each -> random.nextInt(3) == 0);
            }
            members.put(
                    id,
                    new MemberSpec(
                            random.nextInt(4) == 0 ? "i" + random.nextInt(100) + id : null,
                            topicIds,
                            TopicPartitions.NONE));
        });
        return new GroupSpec(members, counts);
    }

    /** A group that was assigned before, with other members, topics and partitions since. */
    private GroupSpec random(Random random, boolean same) {
        Map<String, TopicPartitions> before = uniform.assign(randomGroup(random, random.nextBoolean()));
        GroupSpec next = randomGroup(random, same);
        Map<String, MemberSpec> members = new TreeMap<>();
        next.members().forEach((id, member) -> {
            // Kafka's assignor does not expect what is gone.
            TopicPartitions assigned = before.getOrDefault(id, TopicPartitions.NONE)
                    .where((topicId, partition) ->
                            partition < next.partitionCounts().getOrDefault(topicId, 0));
            members.put(id, new MemberSpec(member.instanceId(), member.topicIds(), assigned));
        });
        return new GroupSpec(members, next.partitionCounts());
    }

    private static void check(GroupSpec group, Map<String, TopicPartitions> assigned) {
        assertThat(assigned.keySet()).isEqualTo(group.members().keySet());
        Map<UUID, List<Integer>> given = new HashMap<>();
        assigned.forEach((id, partitions) -> partitions.forEach((topicId, partition) -> {
            assertThat(Objects.requireNonNull(group.members().get(id)).topicIds())
                    .contains(topicId);
            given.computeIfAbsent(topicId, topic -> new ArrayList<>()).add(partition);
        }));
        for (UUID topicId : group.topicIds()) {
            assertThat(given.getOrDefault(topicId, List.of()))
                    .as("each partition has one owner")
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, group.partitionCounts().getOrDefault(topicId, 0))
                                    .boxed()
                                    .toList());
        }
    }

    private static int moved(GroupSpec group, Map<String, TopicPartitions> assigned) {
        return group.members().entrySet().stream()
                .mapToInt(each -> assigned.getOrDefault(each.getKey(), TopicPartitions.NONE)
                        .minus(each.getValue().assigned())
                        .count())
                .sum();
    }

    private static List<Integer> loads(Map<String, TopicPartitions> assigned) {
        return assigned.values().stream().map(TopicPartitions::count).toList();
    }

    @Test
    void rangesAreThoseOfKafka() {
        randomly(random -> {
            GroupSpec group = random(random, random.nextBoolean());

            Map<String, TopicPartitions> assigned = range.assign(group);

            check(group, assigned);
            assertThat(assigned)
                    .isEqualTo(KafkaAssignors.assign(
                            new org.apache.kafka.coordinator.group.assignor.RangeAssignor(), group));
        });
    }

    @Test
    void whereAllReadTheSameLoadsAreEvenAndLessMovesThanWithKafka() {
        randomly(random -> {
            GroupSpec group = random(random, true);

            Map<String, TopicPartitions> assigned = uniform.assign(group);

            check(group, assigned);
            assertThat(Collections.max(loads(assigned)) - Collections.min(loads(assigned)))
                    .isLessThanOrEqualTo(1);
            Map<String, TopicPartitions> theirs =
                    KafkaAssignors.assign(new org.apache.kafka.coordinator.group.assignor.UniformAssignor(), group);
            check(group, theirs);
            assertThat(moved(group, assigned)).isLessThanOrEqualTo(moved(group, theirs));
        });
    }

    /** No partition could move from one member to another and make them more equal. */
    @Test
    void whereMembersReadDifferentTopicsNoMoveWouldHelp() {
        randomly(random -> {
            GroupSpec group = random(random, false);

            Map<String, TopicPartitions> assigned = uniform.assign(group);

            check(group, assigned);
            assigned.forEach((giver, partitions) -> assigned.forEach((taker, others) -> {
                MemberSpec spec = Objects.requireNonNull(group.members().get(taker));
                boolean could = partitions.topicIds().stream().anyMatch(spec.topicIds()::contains);
                assertThat(could && partitions.count() - others.count() > 1)
                        .as("%s could give something of %s to %s with %s", giver, partitions, taker, others)
                        .isFalse();
            }));
        });
    }

    @Test
    void whatIsBalancedStaysAsItIs() {
        randomly(random -> {
            GroupSpec group = random(random, random.nextBoolean());
            Map<String, TopicPartitions> assigned = uniform.assign(group);
            Map<String, MemberSpec> members = new TreeMap<>();
            group.members()
                    .forEach((id, member) -> members.put(
                            id,
                            new MemberSpec(
                                    member.instanceId(),
                                    member.topicIds(),
                                    assigned.getOrDefault(id, TopicPartitions.NONE))));

            assertThat(uniform.assign(new GroupSpec(members, group.partitionCounts())))
                    .isEqualTo(assigned);
        });
    }

    /** Their loads cannot be told to be equal, as both may stop where no single move helps; but they are close. */
    @Test
    void unequalLoadsAreAsGoodAsThoseOfKafka() {
        int[] squares = {0, 0};
        randomly(random -> {
            GroupSpec group = random(random, false);
            squares[0] += squares(uniform.assign(group));
            squares[1] += squares(
                    KafkaAssignors.assign(new org.apache.kafka.coordinator.group.assignor.UniformAssignor(), group));
        });

        assertThat((double) squares[0] / squares[1]).isLessThan(1.02);
    }

    private static int squares(Map<String, TopicPartitions> assigned) {
        return loads(assigned).stream().mapToInt(each -> each * each).sum();
    }
}
