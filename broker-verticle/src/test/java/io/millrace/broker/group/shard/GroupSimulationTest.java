package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.testing.Seeds;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.HeartbeatResponse;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Members that join, assign, commit, change what they read, leave and die, on a disk that is slow or refuses a write, or
 * breaks, and a broker that crashes: from a seed, which a failure names and {@code -Dseed=} replays. Nobody in here knows how
 * the groups work; what is checked is what clients count on.
 *
 * <ul>
 *   <li>Every acknowledged commit is there, after crashes too, and no offset goes back behind one that was acknowledged.
 *   <li>In one generation a group has one leader, and no member is told another's assignment.
 *   <li>In the end, with everybody alive and the disk in order, the group becomes stable.
 *   <li>It is known then what the members read, before and after a crash; and nothing is held of members that are gone.
 * </ul>
 */
class GroupSimulationTest {

    private static final int SEEDS = Integer.getInteger("rounds", 200);
    private static final int STEPS = 400;
    private static final int PARTITIONS = 3;
    private static final List<String> TOPICS = List.of(TestMember.TOPIC, "parcels", "cards");

    @Test
    void whatClientsWereToldStaysTrue() {
        Seeds.forEachOfNew(SEEDS, seed -> new World(seed).run());
    }

    private static final class World {
        private final Random random;
        private final ShardFixture fixture =
                new ShardFixture(new GroupSettings(6_000, 1_800_000, 3_000, 5, 4_096, Long.MAX_VALUE / 4));
        private final List<TestMember> members = new ArrayList<>();
        private final Map<Integer, Long> acknowledged = new HashMap<>();
        private final Map<Integer, Long> attempted = new HashMap<>();
        private final Map<Integer, String> leaders = new HashMap<>();
        private long nextOffset = 1;
        private int statics;

        World(long seed) {
            random = new Random(seed);
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                step();
                checkOffsets(false);
            }
            fixture.flush();
            checkOffsets(true);
            fixture.crash();
            checkOffsets(true);
            settle();
        }

        private void step() {
            switch (random.nextInt(14)) {
                case 0 -> arrive();
                case 1 -> fixture.holdDisk();
                case 2 -> fixture.flush();
                case 3 -> crash();
                case 4 -> fixture.advance(random.nextInt(12_000));
                case 5 -> depart();
                case 6 -> fixture.refuseOneWrite();
                case 7 -> breakDisk();
                default -> act();
            }
        }

        private void arrive() {
            TestMember member =
                    new TestMember(fixture, "g").timeouts(10_000, 20_000).listener(this::onJoined);
            if (random.nextInt(3) == 0) {
                member.instance("desk-" + random.nextInt(2 + statics++ % 2));
            }
            members.add(member);
            member.join();
        }

        private void onJoined(JoinGroupResponse response) {
            if (response.errorCode() == 0) {
                String leader = response.leader();
                String other = leaders.put(response.generationId(), leader);
                // A static leader that was replaced in its place is the same leader by another name.
                assertThat(other == null || other.equals(leader) || isSameDesk(other, leader))
                        .as("leaders of generation %d: %s and %s", response.generationId(), other, leader)
                        .isTrue();
            }
        }

        private static boolean isSameDesk(String one, String other) {
            return one.startsWith("desk-") && one.substring(0, 6).equals(other.substring(0, 6));
        }

        private void crash() {
            fixture.crash();
            checkOffsets(true);
            // A generation that nobody was assigned anything in is not remembered, and its number comes again.
            leaders.clear();
        }

        /** Nobody knows what of the last writes is on the disk, and somebody starts the broker again. */
        private void breakDisk() {
            if (random.nextInt(4) == 0) {
                fixture.breakDisk(random.nextInt(3));
                crash();
            }
        }

        private void depart() {
            if (!members.isEmpty()) {
                TestMember gone = members.remove(random.nextInt(members.size()));
                if (random.nextBoolean()) {
                    gone.leave();
                }
            }
        }

        private void act() {
            if (members.isEmpty()) {
                return;
            }
            TestMember member = members.get(random.nextInt(members.size()));
            switch (random.nextInt(7)) {
                case 6 -> changeSubscription(member);
                case 0 -> join(member);
                case 1, 2 -> sync(member);
                case 3 -> beat(member);
                default -> commit(member);
            }
        }

        private void join(TestMember member) {
            if (random.nextInt(8) == 0) {
                member.memberId = "";
            }
            member.join();
        }

        private void changeSubscription(TestMember member) {
            member.noProtocols().protocol("range", someTopics());
            member.join();
        }

        private String[] someTopics() {
            return TOPICS.stream().filter(each -> random.nextBoolean()).toArray(String[]::new);
        }

        private void sync(TestMember member) {
            String id = member.memberId;
            var answer = member.sync(members.toArray(TestMember[]::new));
            if (!answer.isWaiting() && answer.get().errorCode() == 0) {
                String assigned = GroupTestBase.assignment(answer);
                boolean own = assigned.isEmpty() || assigned.equals("for " + id);
                assertThat(own || id.startsWith("desk-"))
                        .as("%s got '%s'", id, assigned)
                        .isTrue();
            }
        }

        /** What is taken without asking the group, it would have taken. */
        private void beat(TestMember member) {
            HeartbeatRequest request = new HeartbeatRequest()
                    .groupId("g")
                    .memberId(member.memberId)
                    .generationId(member.generation);
            boolean taken = fixture.beats(request);
            if (taken && random.nextBoolean()) {
                return;
            }
            var answer = new Answer<HeartbeatResponse>();
            fixture.submit(new Heartbeat(request, answer));
            if (taken && !answer.isWaiting()) {
                assertThat(answer.get().errorCode())
                        .as("heartbeat of %s", member.memberId)
                        .isZero();
            }
        }

        private void commit(TestMember member) {
            int partition = random.nextInt(PARTITIONS);
            long offset = nextOffset++;
            attempted.put(partition, offset);
            // Kept in one place: it may be answered after the next crash, and then it was not.
            member.commit(partition, offset, "", error -> {
                if (error == ErrorCode.NONE) {
                    acknowledged.merge(partition, offset, Math::max);
                }
            });
        }

        /** @param settled nothing is on its way to the disk */
        private void checkOffsets(boolean settled) {
            Answer<OffsetFetchResponseGroup> answer = new Answer<>();
            fixture.submit(new FetchOffsets("g", null, -1, null, name -> TestMember.TOPIC_ID, false, answer));
            Map<Integer, Long> found = new HashMap<>();
            for (OffsetFetchResponseTopics topic : answer.get().topics()) {
                for (OffsetFetchResponsePartitions each : topic.partitions()) {
                    found.put(each.partitionIndex(), each.committedOffset());
                }
            }
            acknowledged.forEach((partition, offset) -> assertThat(found.getOrDefault(partition, -1L))
                    .as("partition %d, settled %s", partition, settled)
                    .isBetween(offset, attempted.getOrDefault(partition, -1L)));
            Set<Integer> invented = new HashSet<>(found.keySet());
            invented.removeAll(attempted.keySet());
            assertThat(invented).isEmpty();
        }

        /** Everybody does what it should, long enough. */
        private void settle() {
            members.clear();
            fixture.advance(120_000);
            Set<String> read = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                String[] topics = someTopics();
                read.addAll(List.of(topics));
                members.add(new TestMember(fixture, "g")
                        .timeouts(10_000, 20_000)
                        .noProtocols()
                        .protocol("range", topics));
            }
            for (int round = 0; round < 5; round++) {
                members.forEach(TestMember::joinTwice);
                fixture.advance(3_000);
            }
            members.forEach(each -> each.sync(members.toArray(TestMember[]::new)));
            members.forEach(
                    each -> assertThat(GroupTestBase.assignment(each.sync())).isEqualTo("for " + each.memberId));
            checkTopics(read);
            fixture.crash();
            checkTopics(read);
            members.forEach(TestMember::leave);
            fixture.advance(120_000);
            assertThat(fixture.heldBytes()).isZero();
        }

        private void checkTopics(Set<String> read) {
            Group group = Objects.requireNonNull(fixture.shard().find("g"));
            assertThat(group.members().topics()).isEqualTo(read);
        }
    }
}
