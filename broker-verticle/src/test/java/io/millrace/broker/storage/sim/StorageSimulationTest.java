package io.millrace.broker.storage.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Replay one run with {@code -Dseed=<seed>}. */
class StorageSimulationTest {

    private static final int STEPS = 600;

    @Test
    void keepsItsPromisesForManySeeds() {
        runSeeds(0, 120, STEPS);
    }

    @Test
    @Tag("long")
    void keepsItsPromisesForTensOfThousandsOfSeeds() {
        runSeeds(1_000_000, 20_000, STEPS);
    }

    /** What builds up slowly: old segments, many checkpoints and recoveries of the same logs, offsets far from zero. */
    @Test
    @Tag("long")
    void keepsItsPromisesOverThousandsOfSteps() {
        runSeeds(2_000_000, 300, 6_000);
    }

    private static void runSeeds(long first, int count, int steps) {
        String chosen = System.getProperty("seed");
        if (chosen != null) {
            runSeed(Long.parseLong(chosen), steps);
            return;
        }
        int acknowledged = 0;
        int crashes = 0;
        for (long seed = first; seed < first + count; seed++) {
            StorageSimulation simulation = runSeed(seed, steps);
            acknowledged += simulation.acknowledged();
            crashes += simulation.crashes();
        }
        // A simulation in which nothing happens proves nothing.
        assertThat(acknowledged).isGreaterThan(count * 100);
        assertThat(crashes).isGreaterThan(count * 5);
    }

    private static StorageSimulation runSeed(long seed, int steps) {
        try {
            StorageSimulation simulation = new StorageSimulation(seed);
            simulation.run(steps);
            return simulation;
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    @Test
    void noticesAJournalThatIsNotSynced() {
        assertNoticed(store -> store.faults().lieAboutSyncsOf(path -> path.contains("journal-")));
    }

    @Test
    void noticesSegmentsThatAreNotSyncedBeforeTheJournalIsRecycled() {
        assertNoticed(store -> store.faults().lieAboutSyncsOf(path -> path.endsWith(".log")));
    }

    @Test
    void noticesDirectoriesThatAreNotSynced() {
        assertNoticed(store -> store.faults().lieAboutSyncsOf(path -> path.contains("/topic-") && !path.contains(".")));
    }

    @Test
    void noticesAJournalWhoseChecksumsNobodyChecks() {
        // Only a torn write of the journal shows it, and only where the segment has lost the same batch.
        assertNoticed(
                60, store -> store.faults().distortReadsOf(path -> path.contains("journal-"), CrcBlindness::strike));
    }

    /** The checker is checked: a planted bug must fail a run within a few seeds. */
    private static void assertNoticed(Consumer<SimFileStore> sabotage) {
        assertNoticed(20, sabotage);
    }

    private static void assertNoticed(int seeds, Consumer<SimFileStore> sabotage) {
        for (long seed = 0; seed < seeds; seed++) {
            try {
                new StorageSimulation(seed, sabotage).run(STEPS);
            } catch (AssertionError noticed) {
                return;
            }
        }
        throw new AssertionError("nobody noticed");
    }
}
