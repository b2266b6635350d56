package io.millrace.broker.storage.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Replay one run with {@code -Dseed=<seed>}. */
class CompactionSimulationTest {

    private static final int STEPS = 700;

    @Test
    void keepsTheNewestOfEachKeyForManySeeds() {
        runSeeds(0, 60, STEPS);
    }

    @Test
    @Tag("long")
    void keepsTheNewestOfEachKeyForThousandsOfSeeds() {
        runSeeds(1_000_000, 8_000, STEPS);
    }

    @Test
    @Tag("long")
    void keepsTheNewestOfEachKeyOverThousandsOfSteps() {
        runSeeds(2_000_000, 150, 8_000);
    }

    private static void runSeeds(long first, int count, int steps) {
        String chosen = System.getProperty("seed");
        if (chosen != null) {
            runSeed(Long.parseLong(chosen), steps);
            return;
        }
        int acknowledged = 0;
        int crashes = 0;
        long compactedBytes = 0;
        for (long seed = first; seed < first + count; seed++) {
            CompactionSimulation simulation = runSeed(seed, steps);
            acknowledged += simulation.acknowledged();
            crashes += simulation.crashes();
            compactedBytes += simulation.compactedBytes();
        }
        // A simulation in which nothing happens proves nothing.
        assertThat(acknowledged).isGreaterThan(count * 100);
        assertThat(crashes).isGreaterThan(count * 5);
        assertThat(compactedBytes).isGreaterThan(count * 50_000L);
    }

    private static CompactionSimulation runSeed(long seed, int steps) {
        try {
            CompactionSimulation simulation = new CompactionSimulation(seed);
            simulation.run(steps);
            return simulation;
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    @Test
    void noticesCompactedSegmentsThatAreNotSynced() {
        assertNoticed(store -> store.faults().lieAboutSyncsOf(path -> path.endsWith(".log.cleaned")));
    }

    @Test
    void noticesDirectoriesThatAreNotSynced() {
        assertNoticed(store -> store.faults().lieAboutSyncsOf(path -> path.contains("/topic-") && !path.contains(".")));
    }

    /** The checker is checked: a planted bug must fail a run within a few seeds. */
    private static void assertNoticed(Consumer<SimFileStore> sabotage) {
        for (long seed = 0; seed < 40; seed++) {
            try {
                new CompactionSimulation(seed, sabotage).run(STEPS);
            } catch (AssertionError noticed) {
                return;
            }
        }
        throw new AssertionError("nobody noticed");
    }
}
