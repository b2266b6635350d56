package io.millrace.broker.storage.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.testing.Seeds;
import java.util.function.Consumer;

/** Many runs of a simulation; replay one with {@code -Dseed=<seed>}. */
abstract class SimulationTestBase<S extends SimBroker<?>> {

    private int acknowledged;
    private int crashes;

    /** @param sabotage what is wrong with the disk all the time */
    abstract S begin(long seed, Consumer<SimFileStore> sabotage);

    /** A run has come to its end. */
    void onRun(S simulation) {}

    /** Returns whether all seeds ran, and not only one that is replayed. */
    final boolean runSeeds(long first, int count, int steps) {
        boolean all = Seeds.forEach(first, count, seed -> {
            S simulation = begin(seed, store -> {});
            simulation.run(steps);
            acknowledged += simulation.acknowledged();
            crashes += simulation.crashes();
            onRun(simulation);
        });
        if (all) {
            // A simulation in which nothing happens proves nothing.
            assertThat(acknowledged).isGreaterThan(count * 100);
            assertThat(crashes).isGreaterThan(count * 5);
        }
        return all;
    }

    /** The checker is checked: a planted bug must fail a run within a few seeds. */
    final void assertNoticed(int seeds, int steps, Consumer<SimFileStore> sabotage) {
        for (long seed = 0; seed < seeds; seed++) {
            try {
                begin(seed, sabotage).run(steps);
            } catch (AssertionError noticed) {
                return;
            }
        }
        throw new AssertionError("nobody noticed");
    }
}
