package io.millrace.perf.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one scenario gave.
 *
 * @param name of the scenario
 * @param group scenarios of a group belong together in a report
 * @param title what is done, in a few words
 * @param curves on which scale curves this scenario is a point
 * @param settings of the load and of the topic, for reading
 * @param commands of each system by name: how the broker and the load were started
 * @param tours how many counted ones were wanted
 * @param rounds all that ended, in their order: warm-up and disturbed ones too
 * @param comparisons of the rounds that count, see {@link Comparisons}
 * @param problem why the scenario ended early, empty when it did not
 */
public record ScenarioResult(
        String name,
        String group,
        String title,
        List<CurvePoint> curves,
        Map<String, String> settings,
        Map<String, Commands> commands,
        int tours,
        List<RoundResult> rounds,
        List<Comparison> comparisons,
        String problem) {

    /**
     * A place on a scale curve.
     *
     * @param curve what grows, such as {@code partitions}
     * @param value how large it is here
     * @param unit of the value, empty for a bare number
     */
    public record CurvePoint(String curve, double value, String unit) {}

    /**
     * How a system was run.
     *
     * @param broker its command line
     * @param load command line of the generator; empty when the harness itself is the client
     * @param settings of the broker, beyond its defaults
     */
    public record Commands(List<String> broker, List<String> load, Map<String, String> settings) {}

    /** With more rounds, and the comparisons that follow from all. */
    public ScenarioResult plus(
            List<RoundResult> more, List<MeasuredSystem> systems, Map<String, Commands> commandsOfThem) {
        List<RoundResult> all = new ArrayList<>(rounds);
        all.addAll(more);
        return new ScenarioResult(
                name,
                group,
                title,
                curves,
                settings,
                commandsOfThem,
                tours,
                List.copyOf(all),
                Comparisons.of(systems, all, tours),
                problem);
    }

    /** Ended early. */
    public ScenarioResult failed(String why) {
        return new ScenarioResult(name, group, title, curves, settings, commands, tours, rounds, comparisons, why);
    }
}
