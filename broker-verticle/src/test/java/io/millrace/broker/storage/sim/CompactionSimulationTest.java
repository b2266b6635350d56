package io.millrace.broker.storage.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Replay one run with {@code -Dseed=<seed>}. */
class CompactionSimulationTest extends SimulationTestBase<CompactionSimulation> {

    private static final int STEPS = 700;

    private long compactedBytes;

    @Override
    CompactionSimulation begin(long seed, Consumer<SimFileStore> sabotage) {
        return new CompactionSimulation(seed, sabotage);
    }

    @Override
    void onRun(CompactionSimulation simulation) {
        compactedBytes += simulation.compactedBytes();
    }

    @Test
    void keepsTheNewestOfEachKeyForManySeeds() {
        runBusySeeds(0, 60, STEPS);
    }

    @Test
    @Tag("long")
    void keepsTheNewestOfEachKeyForThousandsOfSeeds() {
        runBusySeeds(1_000_000, 8_000, STEPS);
    }

    @Test
    @Tag("long")
    void keepsTheNewestOfEachKeyOverThousandsOfSteps() {
        runBusySeeds(2_000_000, 150, 8_000);
    }

    private void runBusySeeds(long first, int count, int steps) {
        if (runSeeds(first, count, steps)) {
            assertThat(compactedBytes).isGreaterThan(count * 50_000L);
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

    private void assertNoticed(Consumer<SimFileStore> sabotage) {
        assertNoticed(40, STEPS, sabotage);
    }
}
