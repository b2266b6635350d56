package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.assign.TopicPartitions;
import io.millrace.broker.testing.Seeds;
import io.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Members of both protocols that come, go, die, pause, read other topics and lose answers, while topics come, go and grow,
 * writes fail and the broker crashes: from a seed, which a failure names and {@code -Dseed=} replays. What is checked is what
 * clients count on.
 *
 * <ul>
 *   <li>No two members have the same partition, as far as each has heard of the coordinator lately enough to believe it.
 *   <li>The epochs of a member that goes on do not fall.
 *   <li>In the end everybody has what the target assignment says, which is everything that somebody reads, and nothing else.
 *   <li>Nothing is held of members that are gone.
 * </ul>
 */
class ConsumerSimulationTest {

    private static final int SEEDS = Integer.getInteger("rounds", 200);
    private static final int STEPS = 400;
    private static final int REBALANCE_MS = 8_000;
    private static final List<String> NAMES = List.of("letters", "parcels", "cards");

    @Test
    void nobodyReadsWhatAnotherOneReads() {
        Seeds.forEachOfNew(SEEDS, seed -> new World(seed).run());
    }

    private static final class World {
        private final Random random;
        private final ConsumerFixture fixture = new ConsumerFixture(8);
        private final List<TestConsumer> members = new ArrayList<>();

        World(long seed) {
            random = new Random(seed);
            int assignmentMs = random.nextInt(4) == 0 ? 0 : random.nextInt(3_000);
            fixture.change(fixture.settings()
                    .withTimes(ConsumerFixture.SESSION_MS, ConsumerFixture.HEARTBEAT_MS, assignmentMs));
        }

        void run() {
            fixture.topics.create(NAMES.get(0), 3);
            for (int i = 0; i < STEPS; i++) {
                step();
                check();
            }
            settle();
        }

        private void step() {
            switch (random.nextInt(24)) {
                case 0 -> arrive();
                case 1 -> depart();
                case 2 -> fixture.advance(random.nextInt(3_000));
                case 3 -> changeTopics();
                case 4 -> fixture.crash();
                case 5 -> failAWrite();
                case 6 -> changeSubscription();
                case 7 -> fixture.resolveRegexes();
                case 8 -> some(TestConsumer::beatInVain);
                default -> some(this::beat);
            }
        }

        private void some(Consumer<TestConsumer> action) {
            if (!members.isEmpty()) {
                action.accept(members.get(random.nextInt(members.size())));
            }
        }

        private void beat(TestConsumer member) {
            int before = member.epoch;
            ErrorCode error = member.beat();
            if (error == ErrorCode.NONE) {
                assertThat(member.epoch).isGreaterThanOrEqualTo(before);
            } else if (error == ErrorCode.UNRELEASED_INSTANCE_ID || error == ErrorCode.FENCED_INSTANCE_ID) {
                members.remove(member);
            }
        }

        private void arrive() {
            TestConsumer member = (random.nextInt(3) == 0
                            ? new TestClassicConsumer(fixture, random.nextBoolean())
                            : new TestConsumer(fixture))
                    .reads(someTopics())
                    .rebalanceTimeout(REBALANCE_MS)
                    .assignor(random.nextInt(4) == 0 ? "range" : "uniform");
            String desk = "desk-" + random.nextInt(3);
            if (random.nextInt(3) == 0 && !isTakenOverFrom(desk, member)) {
                member.instance(desk);
            }
            if (random.nextInt(4) == 0) {
                member.regex("(par|car).*");
            }
            if (members.size() < 8) {
                members.add(member);
                beat(member);
            }
        }

        /**
         * Whether a member that is alive would lose its place to this one at once. Two that speak the next-generation protocol
         * are kept apart by the coordinator; with the classic one, nobody but the next heartbeat tells who was there first.
         */
        private boolean isTakenOverFrom(String desk, TestConsumer member) {
            return members.stream()
                    .filter(each -> desk.equals(each.instanceId))
                    .anyMatch(each -> each instanceof TestClassicConsumer || member instanceof TestClassicConsumer);
        }

        private String[] someTopics() {
            return NAMES.stream().filter(each -> random.nextBoolean()).toArray(String[]::new);
        }

        private void depart() {
            if (members.isEmpty()) {
                return;
            }
            TestConsumer gone = members.remove(random.nextInt(members.size()));
            switch (random.nextInt(3)) {
                case 0 -> gone.leave();
                case 1 -> gone.pause();
                default -> {
                    // It dies.
                }
            }
        }

        private void changeTopics() {
            String name = NAMES.get(random.nextInt(NAMES.size()));
            UUID id = fixture.topics.idOf(name);
            if (id == null) {
                fixture.topics.create(name, 1 + random.nextInt(5));
            } else if (random.nextInt(4) == 0) {
                fixture.topics.delete(name);
            } else {
                fixture.topics.grow(name, fixture.topics.partitionsOf(id) + 1);
            }
        }

        private void failAWrite() {
            fixture.writesEnd(ErrorCode.NOT_ENOUGH_REPLICAS);
            some(random.nextBoolean() ? this::beat : TestConsumer::beatInVain);
            fixture.advance(random.nextInt(500));
            fixture.writesEnd(ErrorCode.NONE);
        }

        private void changeSubscription() {
            some(member -> {
                member.reads(someTopics());
                if (random.nextInt(3) == 0) {
                    member.regex(random.nextBoolean() ? "" : "(let|car).*");
                }
            });
        }

        private void check() {
            Map<UUID, Map<Integer, TestConsumer>> readers = new HashMap<>();
            for (TestConsumer each : members) {
                if (fixture.now().steadyMs() - each.heardMs < REBALANCE_MS) {
                    each.owned.forEach((topicId, partition) -> {
                        TestConsumer other = readers.computeIfAbsent(topicId, id -> new HashMap<>())
                                .put(partition, each);
                        assertThat(other)
                                .as("%s also has %d of %s", each, partition, topicId)
                                .isNull();
                    });
                }
            }
        }

        /** Everybody does what it should, long enough. */
        private void settle() {
            for (int round = 0; round < 60; round++) {
                List.copyOf(members).forEach(this::beat);
                fixture.resolveRegexes();
                fixture.advance(1_000);
                check();
            }
            ConsumerGroup group = fixture.group();
            assertThat(group.state().title()).isEqualTo(members.isEmpty() ? "Empty" : "Stable");
            TopicPartitions read = TopicPartitions.NONE;
            Set<String> names = new TreeSet<>();
            for (TestConsumer each : members) {
                assertThat(each.owned).isEqualTo(group.targetOf(each.id));
                read = read.plus(each.owned);
                names.addAll(group.subscriptions().of(Objects.requireNonNull(group.member(each.id)).profile));
            }
            TopicPartitions.Builder all = new TopicPartitions.Builder();
            for (String name : names) {
                UUID id = fixture.topics.idOf(name);
                for (int i = 0; id != null && i < fixture.topics.partitionsOf(id); i++) {
                    all.add(id, i);
                }
            }
            assertThat(read).isEqualTo(all.build());
            members.forEach(TestConsumer::leave);
            assertThat(fixture.heldBytes()).isZero();
        }
    }
}
