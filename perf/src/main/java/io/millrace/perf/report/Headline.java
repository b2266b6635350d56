package io.millrace.perf.report;

import static io.millrace.perf.report.Html.escape;

import io.millrace.perf.report.Chart.Odds;
import io.millrace.perf.report.Chart.RatioChart;
import io.millrace.perf.report.Verdict.Noise;
import io.millrace.perf.result.Ratio;
import io.millrace.perf.result.Spread;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The page's first words: one number for each measure, then the ratio of every scenario. */
final class Headline {
    private static final List<Measure> MEASURES = List.of(
            new Measure("recordsPerSecond", "Throughput", "the records per second", true, each -> !each.isPaced()),
            new Measure("cpuSecondsPerMillion", "Processor time", "the CPU time per record", false, each -> true),
            new Measure(
                    "endToEnd.p99", "Latency to the consumer", "the time for 99 of 100 records", false, each -> true),
            new Measure("ack.p99", "Latency of an answer", "the time for 99 of 100 records", false, Finding::isPaced),
            new Measure(
                    "ack.p99",
                    "Latency under full load",
                    "the time for 99 of 100 records",
                    false,
                    each -> !each.isPaced()),
            new Measure("residentBytes", "Memory", "the memory in use", false, each -> true),
            new Measure("firstRecordMs", "Start-up", "the time to the first record", false, each -> true));

    private final Findings findings;
    private final Charts charts;

    Headline(Findings findings, Charts charts) {
        this.findings = findings;
        this.charts = charts;
    }

    /** Empty without a peer to compare with. */
    String html() {
        StringBuilder tiles = new StringBuilder();
        List<String> places = new ArrayList<>();
        for (Measure measure : MEASURES) {
            List<Row> rows = rows(measure);
            if (!rows.isEmpty()) {
                tiles.append(tile(measure, rows));
                places.add(charts.place(chart(measure, rows)));
            }
        }
        if (places.isEmpty()) {
            return "";
        }
        String lead =
                ("Each number is %s divided by %s, so 1.00× means equal. The large number is the middle one of all scenarios;"
                                + " below are all of them, each with the interval that holds the true ratio.")
                        .formatted(findings.subject(), findings.peer());
        return Html.section(
                "glance",
                "At a glance",
                lead,
                "<div class=\"tiles\">" + tiles + "</div>\n"
                        + Html.subsection("Scenario by scenario", Charts.grid(places)));
    }

    /** A scenario's ratio with what may be concluded from it. */
    private record Row(String title, Ratio ratio, Verdict verdict, Optional<Noise> noise) {}

    private List<Row> rows(Measure measure) {
        List<Row> rows = new ArrayList<>();
        for (Finding finding : findings.all()) {
            Optional<Ratio> ratio = finding.ratio(measure.figure()).filter(each -> each.low() > 0);
            if (ratio.isPresent() && measure.applies().test(finding)) {
                Optional<Noise> noise = finding.noise(measure.figure());
                Verdict verdict = Verdict.of(ratio.get(), measure.moreIsBetter(), noise);
                rows.add(new Row(finding.scenario().title(), ratio.get(), verdict, noise));
            }
        }
        return rows;
    }

    private String tile(Measure measure, List<Row> rows) {
        Spread ratios = Spread.of(rows.stream().map(row -> row.ratio().median()).toList());
        Map<Verdict, Long> counts = rows.stream()
                .collect(
                        Collectors.groupingBy(Row::verdict, () -> new EnumMap<>(Verdict.class), Collectors.counting()));
        String range = rows.size() == 1
                ? "one scenario"
                : "%s to %s in %d scenarios"
                        .formatted(Scale.times(ratios.low()), Scale.times(ratios.high()), rows.size());
        String verdicts = counts.entrySet().stream()
                .map(each -> "<li class=\"%s\">%s%s</li>"
                        .formatted(
                                each.getKey().key(),
                                rows.size() == 1 ? "" : each.getValue() + " ",
                                escape(each.getKey().words())))
                .collect(Collectors.joining());
        return """
                <div class="tile %s"><h3>%s</h3><p class="number">%s</p><p>%s of %s <small>(%s)</small></p>
                <p class="range">%s</p><ul>%s</ul></div>
                """.formatted(
                        overall(counts).key(),
                        escape(measure.title()),
                        Scale.times(ratios.median()),
                        escape(measure.what()),
                        escape(findings.peer()),
                        measure.direction(),
                        escape(range),
                        verdicts);
    }

    /** A color for a tile: only where most scenarios say the same. */
    private static Verdict overall(Map<Verdict, Long> counts) {
        long all = counts.values().stream().mapToLong(Long::longValue).sum();
        return counts.entrySet().stream()
                .filter(each -> 2 * each.getValue() > all)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(Verdict.UNCLEAR);
    }

    private RatioChart chart(Measure measure, List<Row> rows) {
        return new RatioChart(
                "%s: %s".formatted(measure.title(), measure.what()),
                "%s ÷ %s (%s)".formatted(findings.subject(), findings.peer(), measure.direction()),
                rows.stream().map(Row::title).toList(),
                rows.stream()
                        .map(row -> new Odds(
                                row.ratio().median(),
                                row.ratio().low(),
                                row.ratio().high(),
                                row.verdict(),
                                row.noise().map(Noise::low).orElse(null),
                                row.noise().map(Noise::high).orElse(null)))
                        .toList());
    }
}
