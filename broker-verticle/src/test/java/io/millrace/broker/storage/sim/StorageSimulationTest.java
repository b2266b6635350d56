package io.millrace.broker.storage.sim;

import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Replay one run with {@code -Dseed=<seed>}. */
class StorageSimulationTest extends SimulationTestBase<StorageSimulation> {

    private static final int STEPS = 600;

    @Override
    StorageSimulation begin(long seed, Consumer<SimFileStore> sabotage) {
        return new StorageSimulation(seed, sabotage);
    }

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
                60,
                STEPS,
                store -> store.faults().distortReadsOf(path -> path.contains("journal-"), CrcBlindness::strike));
    }

    private void assertNoticed(Consumer<SimFileStore> sabotage) {
        assertNoticed(20, STEPS, sabotage);
    }
}
