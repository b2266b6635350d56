package io.millrace.perf.report;

import io.millrace.perf.report.Chart.Line;
import io.millrace.perf.report.Chart.LineChart;
import io.millrace.perf.report.Chart.Point;
import io.millrace.perf.result.Comparison;
import io.millrace.perf.result.MeasuredSystem;
import io.millrace.perf.result.Role;
import io.millrace.perf.result.ScenarioResult.CurvePoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a record costs as something grows. */
final class ScaleSection {
    /** A curve that spans more is drawn over a logarithmic axis, if it does not begin at zero. */
    private static final double LINEAR_MAX = 20;

    private static final List<Drawn> DRAWN = List.of(
            new Drawn("cpuSecondsPerMillion", "CPU per million records"),
            new Drawn("recordsPerSecond", "throughput"),
            new Drawn("endToEnd.p99", "p99 latency to the consumer"),
            new Drawn("ack.p99", "p99 latency of an answer"),
            new Drawn("firstRecordMs", "time to the first record"),
            new Drawn("residentBytes", "memory"));

    private final Findings findings;
    private final Charts charts;

    ScaleSection(Findings findings, Charts charts) {
        this.findings = findings;
        this.charts = charts;
    }

    /** A figure and what it is called here. */
    private record Drawn(String figure, String title) {}

    /** A scenario as a point of a curve. */
    private record Place(Finding finding, CurvePoint point) {}

    /** Empty without a curve of at least two points. */
    String html() {
        Map<String, List<Place>> curves = new LinkedHashMap<>();
        for (Finding finding : findings.all()) {
            for (CurvePoint point : finding.scenario().curves()) {
                curves.computeIfAbsent(point.curve(), name -> new ArrayList<>()).add(new Place(finding, point));
            }
        }
        StringBuilder html = new StringBuilder();
        curves.forEach((name, places) -> {
            places.sort(Comparator.comparingDouble(place -> place.point().value()));
            List<String> drawn = DRAWN.stream()
                    .map(each -> chart(name, places, each))
                    .flatMap(Optional::stream)
                    .map(charts::place)
                    .toList();
            if (!drawn.isEmpty()) {
                html.append(Html.subsection("As the " + phrase(name) + " grows", Charts.grid(drawn)));
            }
        });
        return html.toString();
    }

    private static String phrase(String curve) {
        return switch (curve) {
            case "partitions", "connections", "producers", "consumers" -> "number of " + curve;
            case "partitions at start" -> "number of partitions that a start finds";
            case "data" -> "data already stored";
            default -> curve;
        };
    }

    private static Optional<LineChart> chart(String curve, List<Place> all, Drawn drawn) {
        // Of a load with a fixed rate the rate is no finding, and of one without, latency is only a queue.
        List<Place> places = all.stream()
                .filter(place -> !drawn.figure.equals("recordsPerSecond")
                        || !place.finding().isPaced())
                .filter(place ->
                        !drawn.figure.equals("ack.p99") || place.finding().isPaced())
                .filter(place -> place.finding().comparison(drawn.figure).isPresent())
                .toList();
        if (places.stream().map(place -> place.point().value()).distinct().count() < 2) {
            return Optional.empty();
        }
        Comparison comparison = places.get(0).finding().comparison(drawn.figure).orElseThrow();
        double max = places.stream()
                .flatMap(place -> place.finding().comparison(drawn.figure).orElseThrow().systems().values().stream())
                .mapToDouble(spread -> spread.median())
                .max()
                .orElse(0);
        Scale scale = Scale.of(comparison.unit(), max);
        double least = places.get(0).point().value();
        double most = places.get(places.size() - 1).point().value();
        String unit = places.get(0).point().unit();
        return Optional.of(new LineChart(
                "%s by %s".formatted(drawn.title, curve),
                least > 0 && most / least > LINEAR_MAX ? "log" : "linear",
                unit.isEmpty() ? curve : curve + ", " + unit,
                "linear",
                "%s (%s is better)".formatted(scale.unit(), comparison.moreIsBetter() ? "higher" : "lower"),
                lines(places, drawn.figure, scale)));
    }

    private static List<Line> lines(List<Place> places, String figure, Scale scale) {
        Map<String, MeasuredSystem> systems = new LinkedHashMap<>();
        places.forEach(place -> place.finding().shown().forEach(each -> systems.putIfAbsent(each.name(), each)));
        places.forEach(place ->
                place.finding().system(Role.CEILING).ifPresent(each -> systems.putIfAbsent(each.name(), each)));
        List<Line> lines = new ArrayList<>();
        for (MeasuredSystem system : systems.values()) {
            List<Point> points = places.stream()
                    .flatMap(place -> place.finding().spread(figure, system).stream()
                            .map(spread -> new Point(
                                    place.point().value(),
                                    scale.of(spread.median()),
                                    scale.of(spread.low()),
                                    scale.of(spread.high()))))
                    .toList();
            if (!points.isEmpty()) {
                boolean ceiling = system.role() == Role.CEILING;
                lines.add(new Line(Findings.title(system), BarSection.style(system.role()), ceiling, points));
            }
        }
        return lines;
    }
}
