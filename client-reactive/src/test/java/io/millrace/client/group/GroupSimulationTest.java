package io.millrace.client.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.Seeds;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GroupSimulationTest {
    private static final int HOUR_MS = 3_600_000;

    private enum Protocol {
        EAGER,
        STICKY,
        COOPERATIVE,
        CONSUMER;

        private List<PartitionAssignor> assignors() {
            return switch (this) {
                case EAGER, CONSUMER -> List.of(Assignors.RANGE);
                case STICKY -> List.of(Assignors.STICKY, Assignors.ROUND_ROBIN);
                case COOPERATIVE -> List.of(Assignors.COOPERATIVE_STICKY);
            };
        }

        GroupSimulation simulation(Random random) {
            GroupOptions options = GroupSimulation.options(assignors());
            Function<Integer, GroupMembership> memberships = this == CONSUMER
                    ? number -> new ConsumerMembership(options, "client-" + number, random)
                    : number -> new ClassicMembership(options, random);
            return new GroupSimulation(
                    random,
                    group -> this == CONSUMER
                            ? new ConsumerCoordinator(
                                    group.topics, GroupSimulation.SESSION_MS, GroupSimulation.HEARTBEAT_MS)
                            : new ClassicCoordinator(),
                    memberships);
        }
    }

    @Test
    void eagerMembersShareWithoutOverlap() {
        check(Protocol.EAGER, 100);
        check(Protocol.STICKY, 50);
    }

    @Test
    void cooperativeMembersShareWithoutOverlap() {
        check(Protocol.COOPERATIVE, 150);
    }

    @Test
    void membersThatTheCoordinatorAssignsToShareWithoutOverlap() {
        check(Protocol.CONSUMER, 150);
    }

    @Test
    @Tag("long")
    void manySeeds() {
        for (Protocol each : Protocol.values()) {
            check(each, 5_000);
        }
    }

    /** Nothing that an application does not do is an input of a membership: an hour of no demand is an hour of heartbeats. */
    @Test
    void anHourWithoutDemandIsNoReasonForARebalance() {
        for (Protocol each : Protocol.values()) {
            Seeds.each(3, random -> {
                GroupSimulation simulation = each.simulation(random);
                simulation.letTheCoordinatorTick();
                for (int i = 0; i < 3; i++) {
                    simulation.start();
                }
                simulation.run(60_000);
                simulation.checkSettled();
                int changes = simulation.coordinator.changes();
                long[] before = simulation.counts.clone();
                simulation.run(HOUR_MS);
                simulation.checkSettled();
                assertThat(simulation.coordinator.changes()).isEqualTo(changes);
                assertThat(simulation.counts).isEqualTo(before);
            });
        }
    }

    private static void check(Protocol protocol, int seeds) {
        long[] sums = new long[3];
        Seeds.each(seeds, random -> {
            GroupSimulation simulation = protocol.simulation(random);
            simulation.letTheCoordinatorTick();
            simulation.start();
            simulation.trouble = 0.1 * random.nextDouble();
            simulation.disturb(5 + random.nextInt(25), 120_000);
            simulation.run(120_000);
            simulation.trouble = 0;
            simulation.start();
            // Sessions of those that vanished, drains that never end, and some rounds after that.
            simulation.run(150_000);
            simulation.checkSettled();
            for (int i = 0; i < sums.length; i++) {
                sums[i] += simulation.counts[i];
            }
        });
        // The runs must have been through what they are for.
        assertThat(sums).as("assigned, revoked, lost").doesNotContain(0);
    }
}
