package io.millrace.perf.report;

import static io.millrace.perf.report.Html.escape;

import io.millrace.perf.result.Comparison;
import io.millrace.perf.result.Comparisons;
import io.millrace.perf.result.Figure;
import io.millrace.perf.result.MeasuredSystem;
import io.millrace.perf.result.Ratio;
import io.millrace.perf.result.RoundResult;
import io.millrace.perf.result.ScenarioResult.Commands;
import io.millrace.perf.result.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Everything that is known of a scenario: settings, all figures, rounds, commands. */
final class Details {
    private Details() {}

    static String html(Findings findings) {
        return findings.all().stream().map(Details::html).collect(Collectors.joining());
    }

    private static String html(Finding finding) {
        return "<details><summary><b>%s</b> %s%s</summary>\n%s</details>\n"
                .formatted(
                        escape(finding.scenario().name()),
                        escape(finding.scenario().title()),
                        finding.scenario().problem().isEmpty() ? "" : " <mark>ended early</mark>",
                        problem(finding) + settings(finding) + figures(finding) + rounds(finding) + commands(finding));
    }

    private static String problem(Finding finding) {
        String problem = finding.scenario().problem();
        return problem.isEmpty() ? "" : Html.paragraph("warning", "Ended early: " + problem);
    }

    private static String settings(Finding finding) {
        String settings = finding.scenario().settings().entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(" · "));
        return settings.isEmpty() ? "" : Html.paragraph("settings", settings);
    }

    private static String figures(Finding finding) {
        List<String> head = new ArrayList<>(List.of("Figure: median (lowest to highest)"));
        List<MeasuredSystem> systems = finding.run().systems();
        systems.forEach(system -> head.add(Findings.title(system)));
        head.add("Ratios (interval)");
        List<List<String>> rows = finding.scenario().comparisons().stream()
                .map(comparison -> row(comparison, systems))
                .toList();
        return rows.isEmpty() ? "" : Html.table("numbers", head, rows);
    }

    private static List<String> row(Comparison comparison, List<MeasuredSystem> systems) {
        double max = comparison.systems().values().stream()
                .mapToDouble(Spread::median)
                .max()
                .orElse(0);
        Scale scale = Scale.of(comparison.unit(), max);
        String title =
                Figure.known(comparison.figure()).map(Figure::title).orElseGet(() -> latency(comparison.figure()));
        List<String> row = new ArrayList<>();
        row.add(scale.unit().isEmpty() ? title : title + ", " + scale.unit());
        for (MeasuredSystem system : systems) {
            row.add(Optional.ofNullable(comparison.systems().get(system.name()))
                    .map(spread -> "%s (%s to %s)"
                            .formatted(
                                    scale.number(spread.median()),
                                    scale.number(spread.low()),
                                    scale.number(spread.high())))
                    .orElse("–"));
        }
        row.add(comparison.ratios().stream().map(Details::ratio).collect(Collectors.joining("; ")));
        return row;
    }

    private static String ratio(Ratio ratio) {
        return "%s ÷ %s %s (%s to %s, %.0f %%)"
                .formatted(
                        ratio.of(),
                        ratio.to(),
                        Scale.times(ratio.median()),
                        Scale.times(ratio.low()),
                        Scale.times(ratio.high()),
                        100 * ratio.confidence());
    }

    private static String latency(String figure) {
        int dot = figure.indexOf('.');
        if (dot < 0) {
            return figure;
        }
        return "Latency, %s, %s".formatted(LatencySection.timed(figure.substring(0, dot)), figure.substring(dot + 1));
    }

    private static String rounds(Finding finding) {
        List<RoundResult> rounds = finding.scenario().rounds();
        long disturbed = rounds.stream()
                .filter(round -> !round.warmUp() && round.disturbed())
                .count();
        long used = Comparisons.disturbed(finding.scenario());
        return Html.paragraph(
                "rounds",
                "%d rounds, %d of them to warm up. %s%s"
                        .formatted(
                                rounds.size(),
                                rounds.stream().filter(RoundResult::warmUp).count(),
                                disturbed == 0
                                        ? "None of the others was disturbed."
                                        : "Other load took more than %.0f %% of the machine in %d of the others."
                                                .formatted(100 * RoundResult.DISTURBANCE_MAX, disturbed),
                                used == 0 ? "" : " The figures had to use %d disturbed tours.".formatted(used)));
    }

    private static String commands(Finding finding) {
        StringBuilder html = new StringBuilder();
        for (MeasuredSystem system : finding.run().systems()) {
            Commands commands = finding.scenario().commands().get(system.name());
            if (commands != null) {
                html.append("<h4>").append(escape(Findings.title(system))).append("</h4>\n");
                command(html, "broker", commands.broker());
                command(html, "load", commands.load());
                if (!commands.settings().isEmpty()) {
                    html.append(Html.paragraph("settings", "broker settings: " + joined(commands.settings())));
                }
            }
        }
        return html.toString();
    }

    private static void command(StringBuilder html, String what, List<String> command) {
        if (!command.isEmpty()) {
            html.append("<pre aria-label=\"%s\"># %s\n%s</pre>\n".formatted(what, what, escape(Html.shell(command))));
        }
    }

    private static String joined(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(", "));
    }
}
