package io.millrace.perf.report;

import io.millrace.perf.report.Verdict.Noise;
import io.millrace.perf.result.Comparison;
import io.millrace.perf.result.MeasuredSystem;
import io.millrace.perf.result.Ratio;
import io.millrace.perf.result.Role;
import io.millrace.perf.result.RunResult;
import io.millrace.perf.result.ScenarioResult;
import io.millrace.perf.result.Spread;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A scenario with the run that it was measured in.
 *
 * @param run whose environment and ceilings hold for it
 * @param scenario with at least one comparison, or a problem that says why there is none
 */
record Finding(RunResult run, ScenarioResult scenario) {

    /** The first system of a role. */
    Optional<MeasuredSystem> system(Role role) {
        return run.systems().stream().filter(each -> each.role() == role).findFirst();
    }

    /** Those that charts show side by side: a twin only where there is no peer, since else it just shows the noise. */
    List<MeasuredSystem> shown() {
        boolean peer = system(Role.PEER).isPresent();
        return run.systems().stream()
                .filter(each -> each.role() != Role.CEILING)
                .filter(each -> each.role() != Role.TWIN || !peer)
                .toList();
    }

    Optional<Comparison> comparison(String figure) {
        return scenario.comparisons().stream()
                .filter(each -> each.figure().equals(figure))
                .findFirst();
    }

    Optional<Spread> spread(String figure, MeasuredSystem system) {
        return comparison(figure).map(each -> each.systems().get(system.name()));
    }

    OptionalDouble median(String figure, Role role) {
        return system(role).flatMap(system -> spread(figure, system)).stream()
                .mapToDouble(Spread::median)
                .findFirst();
    }

    /** Of the subject to the peer. */
    Optional<Ratio> ratio(String figure) {
        return ratio(figure, Role.SUBJECT, Role.PEER);
    }

    Optional<Ratio> ratio(String figure, Role of, Role to) {
        Optional<MeasuredSystem> above = system(of);
        Optional<MeasuredSystem> below = system(to);
        if (above.isEmpty() || below.isEmpty()) {
            return Optional.empty();
        }
        return comparison(figure)
                .flatMap(comparison -> comparison.ratios().stream()
                        .filter(ratio -> ratio.of().equals(above.get().name())
                                && ratio.to().equals(below.get().name()))
                        .findFirst());
    }

    /** What chance does to the figure, where a twin took part; of nothing it would be infinite. */
    Optional<Noise> noise(String figure) {
        Role original = system(Role.PEER).isPresent() ? Role.PEER : Role.SUBJECT;
        return ratio(figure, Role.TWIN, original).filter(twin -> twin.low() > 0).map(Noise::of);
    }

    Verdict verdict(Ratio ratio, Comparison comparison) {
        return Verdict.of(ratio, comparison.moreIsBetter(), noise(comparison.figure()));
    }

    /** Whether the load comes at a fixed rate: then throughput says nothing, and latency says most. */
    boolean isPaced() {
        return scenario.settings().keySet().stream().anyMatch(key -> key.endsWith("per second"));
    }

    /** Record bytes that a limit of so many bytes a second lets through, as records; empty where the two are not alike. */
    OptionalDouble recordsWithin(double bytesPerSecond) {
        OptionalDouble bytes = median("bytesPerSecond", Role.SUBJECT);
        OptionalDouble records = median("recordsPerSecond", Role.SUBJECT);
        boolean alike = !scenario.settings().containsKey("compression.type")
                && bytes.isPresent()
                && records.isPresent()
                && bytes.getAsDouble() > 0;
        return alike
                ? OptionalDouble.of(bytesPerSecond * records.getAsDouble() / bytes.getAsDouble())
                : OptionalDouble.empty();
    }

    /** Whether the brokers write what they are sent to disk, rather than reading it from there. */
    boolean writes() {
        return median("diskWrittenPerByte", Role.SUBJECT).orElse(0) > 0.5;
    }
}
