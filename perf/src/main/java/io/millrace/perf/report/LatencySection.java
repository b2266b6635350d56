package io.millrace.perf.report;

import io.millrace.perf.report.Chart.Line;
import io.millrace.perf.report.Chart.LineChart;
import io.millrace.perf.report.Chart.Point;
import io.millrace.perf.result.Ceilings;
import io.millrace.perf.result.Comparisons;
import io.millrace.perf.result.Latency;
import io.millrace.perf.result.MeasuredSystem;
import io.millrace.perf.result.Role;
import io.millrace.perf.result.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** Latencies as curves: how long all but a share of the records took. */
final class LatencySection {
    private static final double PERCENTILE_MIN = 50;
    private static final Map<String, String> TIMED = Map.of(
            "ack", "sent to acknowledged",
            "endToEnd", "sent to received",
            "ackAlone", "sent to acknowledged, before the reader starts");

    private final Findings findings;
    private final Charts charts;

    LatencySection(Findings findings, Charts charts) {
        this.findings = findings;
        this.charts = charts;
    }

    /** Of scenarios with a fixed rate, or of the others. Empty where none was timed. */
    String html(boolean paced) {
        List<String> places = new ArrayList<>();
        for (Finding finding : findings.all()) {
            if (finding.isPaced() == paced) {
                timed(finding).forEach(what -> {
                    LineChart chart = chart(finding, what);
                    if (!chart.lines().isEmpty()) {
                        places.add(charts.place(chart));
                    }
                });
            }
        }
        return Charts.grid(places);
    }

    /** What a latency is of, in words. */
    static String timed(String what) {
        return TIMED.getOrDefault(what, what);
    }

    private static Set<String> timed(Finding finding) {
        Set<String> timed = new LinkedHashSet<>();
        finding.scenario()
                .rounds()
                .forEach(round -> timed.addAll(round.latencies().keySet()));
        return timed;
    }

    private static LineChart chart(Finding finding, String what) {
        List<Line> lines = new ArrayList<>();
        Stream.concat(finding.shown().stream(), finding.system(Role.CEILING).stream())
                .forEach(system -> add(
                        lines,
                        Findings.title(system),
                        BarSection.style(system.role()),
                        system.role() == Role.CEILING,
                        points(finding, system, what)));
        Ceilings ceilings = finding.run().ceilings();
        if (!lines.isEmpty() && finding.isPaced() && ceilings != null) {
            add(lines, "one sync of the disk, alone", "disk", true, points(ceilings.syncs()));
        }
        return new LineChart(
                "%s: %s".formatted(finding.scenario().title(), timed(what)),
                "percentile",
                "share of records that took this long or less",
                "log",
                "milliseconds (lower is better)",
                lines);
    }

    private static void add(List<Line> lines, String name, String style, boolean dashed, List<Point> points) {
        if (!points.isEmpty()) {
            lines.add(new Line(name, style, dashed, points));
        }
    }

    /** All rounds that count as one distribution where there are histograms, else the median of each percentile. */
    private static List<Point> points(Finding finding, MeasuredSystem system, String what) {
        List<Latency> rounds = Comparisons.counted(finding.scenario()).stream()
                .filter(round -> round.system().equals(system.name()))
                .flatMap(round -> Stream.ofNullable(round.latencies().get(what)))
                .toList();
        Histogram sum = Latency.newHistogram();
        int decoded = 0;
        for (Latency round : rounds) {
            Histogram histogram = round.decode();
            if (histogram != null) {
                sum.add(histogram);
                decoded++;
            }
        }
        if (decoded > 0 && decoded == rounds.size()) {
            return points(Latency.of(sum));
        }
        Map<Double, List<Double>> byPercentile = new LinkedHashMap<>();
        rounds.stream()
                .flatMap(round -> round.points().stream())
                .forEach(point -> byPercentile
                        .computeIfAbsent(point.percentile(), percentile -> new ArrayList<>())
                        .add(point.ms()));
        List<Latency.Point> medians = new ArrayList<>();
        byPercentile.forEach((percentile, ms) -> {
            if (ms.size() == rounds.size()) {
                medians.add(new Latency.Point(percentile, Spread.of(ms).median()));
            }
        });
        return points(new Latency(0, medians, null));
    }

    /** What can be drawn: 100 % is infinitely far to the right, and 0 has no logarithm. */
    private static List<Point> points(Latency latency) {
        return latency.points().stream()
                .filter(point -> point.percentile() >= PERCENTILE_MIN && point.percentile() < 100 && point.ms() > 0)
                .map(point -> new Point(-Math.log10(1 - point.percentile() / 100), point.ms(), null, null))
                .toList();
    }
}
