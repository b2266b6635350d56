package io.millrace.perf.report;

import io.millrace.perf.result.Ceilings;
import io.millrace.perf.result.Comparisons;
import io.millrace.perf.result.Environment;
import io.millrace.perf.result.Role;
import io.millrace.perf.result.RoundResult;
import io.millrace.perf.result.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What stands around the figures: warnings before them, the machine, its limits and the method behind them. */
final class Surroundings {
    private final Findings findings;

    Surroundings(Findings findings) {
        this.findings = findings;
    }

    /** What a reader must know before believing a figure; empty when there is nothing. */
    String warnings() {
        List<String> warnings = new ArrayList<>();
        if (any(RunResult::quick)) {
            warnings.add(
                    "This was a quick run, with a twentieth of the load. It shows that everything works, not how fast it is.");
        }
        if (any(run -> run.finishedAt() == null)) {
            warnings.add("The run was interrupted, or goes on: this is what it had by then.");
        }
        if (different(run -> run.environment().cpu() + run.environment().kernel())) {
            warnings.add("The runs come from different machines or kernels: compare only figures of one scenario.");
        }
        if (different(run -> run.environment().commit())) {
            warnings.add("The runs come from different commits; see the environment.");
        }
        if (any(run -> run.environment().commit().endsWith("-dirty"))) {
            warnings.add("The sources had changes that no commit has.");
        }
        long disturbed = findings.all().stream()
                .filter(each -> Comparisons.disturbed(each.scenario()) > 0)
                .count();
        if (disturbed > 0) {
            warnings.add(
                    "%d of %d scenarios had to use rounds in which other load took more than %.0f %% of the machine."
                            .formatted(disturbed, findings.all().size(), 100 * RoundResult.DISTURBANCE_MAX));
        }
        findings.all().stream()
                .filter(each -> !each.scenario().problem().isEmpty())
                .forEach(each -> warnings.add("%s ended early: %s"
                        .formatted(each.scenario().name(), each.scenario().problem())));
        return warnings.isEmpty() ? "" : "<aside class=\"warning\">" + Html.items(warnings) + "</aside>\n";
    }

    /** Empty where none were measured. */
    String ceilings() {
        List<String> head = new ArrayList<>(List.of("Limit"));
        List<RunResult> with =
                findings.runs().stream().filter(run -> run.ceilings() != null).toList();
        with.forEach(run -> head.add(run.startedAt()));
        List<List<String>> rows = List.of(
                row(
                        "Disk, one file written in a row and synced",
                        with,
                        ceiling(Ceilings::diskWriteBytesPerSecond, "B/s")),
                row(
                        "Disk, 4 KB written and synced, one after the other",
                        with,
                        ceiling(Ceilings::syncsPerSecond, "1/s")),
                row(
                        "... half of these took at most",
                        with,
                        ceiling(each -> each.syncs().ms(50), "ms")),
                row(
                        "... 99 of 100 took at most",
                        with,
                        ceiling(each -> each.syncs().ms(99), "ms")),
                row("Loopback, one TCP connection, one way", with, ceiling(Ceilings::loopbackBytesPerSecond, "B/s")),
                row("Loopback, one byte there and back", with, ceiling(Ceilings::loopbackRoundTripsPerSecond, "1/s")));
        return with.isEmpty() ? "" : Html.table("numbers", with.size() == 1 ? List.of() : head, rows);
    }

    private static Function<RunResult, String> ceiling(Function<Ceilings, Double> value, String unit) {
        return run -> {
            Ceilings ceilings = run.ceilings();
            double number = ceilings == null ? Double.NaN : value.apply(ceilings);
            return Double.isNaN(number) ? "–" : Scale.best(unit, number);
        };
    }

    String environment() {
        List<RunResult> runs = findings.runs();
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("Started", runs, RunResult::startedAt));
        rows.add(row("Finished", runs, run -> run.finishedAt() == null ? "no" : String.valueOf(run.finishedAt())));
        rows.add(row("Commit", runs, of(Environment::commit)));
        rows.add(row("Versions", runs, of(Surroundings::versions)));
        rows.add(row("Processor", runs, of(each -> "%s, %d cores".formatted(each.cpu(), each.cores()))));
        rows.add(row("Memory", runs, of(each -> Scale.best("B", (double) each.memoryBytes()))));
        rows.add(row("Kernel", runs, of(Environment::kernel)));
        rows.add(row("Disk below the data", runs, of(Environment::disk)));
        rows.add(row("Java", runs, of(Environment::java)));
        rows.add(row("JVM options of every broker", runs, of(each -> String.join(" ", each.brokerJvmOptions()))));
        rows.add(row(
                "Processors", runs, of(each -> "brokers %s, load %s".formatted(each.brokerCpus(), each.loadCpus()))));
        return Html.table("facts", List.of(), rows);
    }

    /** How to do it again. */
    String commands() {
        return findings.runs().stream()
                .map(run -> "<pre>git checkout %s\n%s</pre>\n"
                        .formatted(
                                Html.escape(run.environment().commit().replaceFirst("-dirty$", "")),
                                Html.escape(run.command())))
                .distinct()
                .collect(Collectors.joining());
    }

    String method() {
        List<String> points = new ArrayList<>();
        points.add(
                "Every broker is a process of its own, with the same heap, collector, processors and topic settings. All run"
                        + " at once and are loaded in turns, a b a b, so that what disturbs the machine for minutes meets all.");
        points.add(
                "The first turns warm everything up and do not count. Bars are the median of the rounds that count; whiskers"
                        + " are the lowest and the highest.");
        points.add(
                "A ratio is the median of the ratios of neighbouring rounds. Its interval is that of the sign test, which"
                        + " assumes nothing about how figures are distributed.");
        if (findings.system(Role.TWIN).isPresent()) {
            points.add(
                    "One system took part twice. How far its two copies differ is what chance does on this machine: a ratio"
                            + " within that band means nothing, and is not called better or worse.");
        }
        if (findings.system(Role.CEILING).isPresent()) {
            points.add(
                    "The null broker answers producers and stores nothing. What it reaches is the limit that clients and"
                            + " the loopback network set for everyone.");
        }
        points.add(
                "CPU, memory and context switches are the operating system's figures for the broker's process. Nothing is"
                        + " asked of the broker.");
        points.add(
                "At a fixed rate, a record is timed from the moment at which it should have been sent, so that a stall counts"
                        + " for every record that it delays. Under full load most of the time is spent in the client's queue.");
        if (findings.subject().equals("Millrace")) {
            points.add(
                    "Unless a scenario says otherwise, Millrace answers when a record is on the disk, and Apache Kafka, as it"
                            + " does by default, when it is in the operating system's memory.");
        }
        return Html.items(points);
    }

    /** Of all that took part; some say their name with it. */
    static String versions(Environment environment) {
        return environment.versions().entrySet().stream()
                .map(each -> each.getValue().startsWith(each.getKey())
                        ? each.getValue()
                        : each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
    }

    private static List<String> row(String title, List<RunResult> runs, Function<RunResult, String> value) {
        List<String> row = new ArrayList<>(List.of(title));
        runs.forEach(run -> row.add(value.apply(run)));
        return row;
    }

    private static Function<RunResult, String> of(Function<Environment, String> fact) {
        return run -> fact.apply(run.environment());
    }

    private boolean any(Predicate<RunResult> is) {
        return findings.runs().stream().anyMatch(is);
    }

    private boolean different(Function<RunResult, String> fact) {
        return findings.runs().stream().map(fact).distinct().count() > 1;
    }
}
