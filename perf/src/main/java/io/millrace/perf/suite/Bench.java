package io.millrace.perf.suite;

import io.millrace.perf.result.Figure;
import io.millrace.perf.result.Latency;
import io.millrace.perf.result.ScenarioResult.Commands;
import java.io.IOException;
import java.util.Map;

/** One system under one scenario, ready for rounds. Owned by the thread of the suite. */
interface Bench extends AutoCloseable {

    /**
     * What a round gave.
     *
     * @param seconds length of the measured part
     */
    record Outcome(double seconds, Map<Figure, Double> figures, Map<String, Latency> latencies) {}

    /** What is done once, before the first round. */
    default void prepare() throws IOException, InterruptedException {}

    /** Runs the load once. @throws IOException when it did not come to its end; says what was printed */
    Outcome round() throws IOException, InterruptedException;

    /** How the last round was run. */
    Commands commands();

    @Override
    void close() throws IOException;
}
