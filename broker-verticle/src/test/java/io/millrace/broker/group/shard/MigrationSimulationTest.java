package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.testing.Seeds;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.millrace.wire.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Clients of both protocols come and go, so that their group moves between the two again and again: none reads what another one
 * reads, and in the end all is read.
 */
class MigrationSimulationTest {

    private static final int SEEDS = Integer.getInteger("rounds", 200);
    private static final int STEPS = 120;
    private static final int PARTITIONS = 4;
    private static final String GROUP = "readers";

    @Test
    void everyPartitionHasOneReader() {
        Seeds.forEachOfNew(SEEDS, seed -> new World(seed).run());
    }

    /** Somebody who reads, with what it believes to have. */
    private abstract static class Client {
        abstract Set<Integer> owned();

        /** What it does once a second. */
        abstract void live();

        abstract void leave();

        /** The broker is another one: what it was asked is not answered any more. */
        void forget() {}
    }

    private static final class World {
        private final Random random;
        private final ShardFixture fixture =
                new ShardFixture(new GroupSettings(6_000, 1_800_000, 3_000, 100, 4_096, Long.MAX_VALUE / 4));
        private final List<Client> clients = new ArrayList<>();
        private int names;

        World(long seed) {
            random = new Random(seed);
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                change();
                second();
            }
            if (clients.isEmpty()) {
                arrive();
            }
            // Those that have died are out when their session is over, and a rebalance waits a minute at most.
            for (int i = 0; i < 200; i++) {
                second();
            }
            assertThat(read()).as("%s", clients).hasSize(PARTITIONS);
            List.copyOf(clients).forEach(Client::leave);
            fixture.advance(200_000);
            assertThat(fixture.heldBytes()).isZero();
        }

        private void change() {
            switch (random.nextInt(24)) {
                case 0, 1, 2 -> arrive();
                case 3, 4 -> depart(true);
                case 5 -> depart(false);
                case 6 -> crash();
                default -> {
                    // They go on.
                }
            }
        }

        private void arrive() {
            if (clients.size() < 2 * PARTITIONS) {
                String name = "c" + names++;
                clients.add(
                        random.nextBoolean()
                                ? new Modern(new TestModern(fixture, GROUP, name, null))
                                : new Classic(fixture));
            }
        }

        private void depart(boolean leaves) {
            if (!clients.isEmpty()) {
                Client gone = clients.remove(random.nextInt(clients.size()));
                if (leaves) {
                    gone.leave();
                }
            }
        }

        private void crash() {
            fixture.crash();
            clients.forEach(Client::forget);
        }

        private void second() {
            fixture.advance(1_000);
            for (Client each : clients) {
                each.live();
                read();
            }
        }

        private Set<Integer> read() {
            Set<Integer> all = new TreeSet<>();
            for (Client each : clients) {
                for (int partition : each.owned()) {
                    assertThat(all.add(partition))
                            .as("partition %d is read twice: %s", partition, clients)
                            .isTrue();
                }
            }
            return all;
        }
    }

    private static final class Modern extends Client {
        private final TestModern member;

        Modern(TestModern member) {
            this.member = member;
        }

        @Override
        Set<Integer> owned() {
            return member.owned;
        }

        @Override
        void live() {
            ErrorCode error = member.beat();
            if (error == ErrorCode.NONE) {
                assertThat(member.epoch).isPositive();
            } else {
                assertThat(error)
                        .isIn(ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.FENCED_MEMBER_EPOCH, ErrorCode.GROUP_ID_NOT_FOUND);
            }
        }

        @Override
        void leave() {
            if (member.epoch > 0) {
                member.leave();
            }
        }

        @Override
        public String toString() {
            return member.toString();
        }
    }

    /** Gives up all it has before it joins. */
    private static final class Classic extends Client {
        private final TestMember member;
        private Set<Integer> owned = Set.of();
        private @Nullable JoinGroupResponse joined;
        private @Nullable Answer<JoinGroupResponse> joining;
        private @Nullable Answer<SyncGroupResponse> syncing;

        Classic(ShardFixture fixture) {
            member = new TestMember(fixture, GROUP).timeouts(10_000, 30_000).listener(response -> joined = response);
        }

        @Override
        void live() {
            Answer<SyncGroupResponse> sync = syncing;
            if (sync != null) {
                if (!sync.isWaiting()) {
                    onSynced(sync.get());
                }
            } else if (joining != null) {
                if (!joining.isWaiting()) {
                    onJoined();
                }
            } else if (member.generation < 0) {
                join();
            } else {
                hear(member.heartbeat());
            }
        }

        private void join() {
            owned = Set.of();
            syncing = null;
            joining = member.join();
        }

        private void onJoined() {
            JoinGroupResponse response = joined;
            joining = null;
            if (response == null || response.errorCode() != 0) {
                hear(response == null ? ErrorCode.NONE : ErrorCode.forCode(response.errorCode()));
                return;
            }
            List<SyncGroupRequestAssignment> shares = new ArrayList<>();
            int count = response.members().size();
            for (int i = 0; i < count; i++) {
                Set<Integer> share = new TreeSet<>();
                for (int partition = i; partition < PARTITIONS; partition += count) {
                    share.add(partition);
                }
                shares.add(new SyncGroupRequestAssignment()
                        .memberId(response.members().get(i).memberId())
                        .assignment(TestAssignments.bytes(share)));
            }
            syncing = member.sync(member.syncRequest().assignments(shares));
        }

        private void onSynced(SyncGroupResponse response) {
            syncing = null;
            if (response.errorCode() == 0) {
                owned = TestAssignments.partitions(response.assignment());
            } else {
                hear(ErrorCode.forCode(response.errorCode()));
            }
        }

        private void hear(ErrorCode error) {
            switch (error) {
                case NONE -> {
                    // It goes on.
                }
                case UNKNOWN_MEMBER_ID -> {
                    member.memberId = "";
                    join();
                }
                case REBALANCE_IN_PROGRESS, ILLEGAL_GENERATION, MEMBER_ID_REQUIRED -> join();
                default -> throw new AssertionError("a client fails with " + error);
            }
        }

        @Override
        Set<Integer> owned() {
            return owned;
        }

        @Override
        void leave() {
            if (!member.memberId.isEmpty()) {
                member.leave();
            }
        }

        @Override
        void forget() {
            if (joining != null || syncing != null) {
                join();
            }
        }

        @Override
        public String toString() {
            return member + " in " + member.generation + " with " + owned
                    + (joining != null ? " joining" : syncing != null ? " syncing" : "");
        }
    }
}
