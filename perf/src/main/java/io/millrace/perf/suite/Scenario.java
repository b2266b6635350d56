package io.millrace.perf.suite;

import io.millrace.perf.result.ScenarioResult.CurvePoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One thing that the suite can measure. All of them are in {@link Scenarios}.
 *
 * @param name unique; what the command line takes
 * @param group scenarios that belong together; the command line takes its name too
 * @param title what is done, in a few words
 * @param load what drives the brokers
 * @param settings of the brokers beyond their defaults, by the name of the broker
 * @param curves the scale curves on which this is a point
 */
record Scenario(
        String name,
        String group,
        String title,
        Load load,
        Map<String, Map<String, String>> settings,
        List<CurvePoint> curves) {

    Scenario(String name, String group, String title, Load load) {
        this(name, group, title, load, Map.of(), List.of());
    }

    /** With settings of one kind of broker. */
    Scenario with(String broker, Map<String, String> more) {
        Map<String, Map<String, String>> all = new TreeMap<>(settings);
        all.put(broker, more);
        return new Scenario(name, group, title, load, all, curves);
    }

    /** As a point of a curve, which may be one of several. */
    Scenario on(String curve, double value, String unit) {
        List<CurvePoint> all = new ArrayList<>(curves);
        all.add(new CurvePoint(curve, value, unit));
        return new Scenario(name, group, title, load, settings, List.copyOf(all));
    }

    /** The same with less to do, or more. */
    Scenario scaled(double factor) {
        return new Scenario(name, group, title, load.scaled(factor), settings, curves);
    }

    Map<String, String> settingsOf(String broker) {
        return settings.getOrDefault(broker, Map.of());
    }
}
