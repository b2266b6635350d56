package io.millrace.perf.report;

import io.millrace.perf.report.Chart.BarChart;
import io.millrace.perf.report.Chart.Bars;
import io.millrace.perf.report.Chart.Limit;
import io.millrace.perf.report.Chart.Range;
import io.millrace.perf.result.Ceilings;
import io.millrace.perf.result.MeasuredSystem;
import io.millrace.perf.result.Role;
import io.millrace.perf.result.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A figure as bars: a chart for each group of scenarios, and for each order of magnitude in it. */
final class BarSection {
    /** Bars that differ by more cannot be read on one axis. */
    private static final double MAGNITUDE = 8;

    private final String figure;
    private final Charts charts;

    /** @param charts takes what is drawn */
    BarSection(String figure, Charts charts) {
        this.figure = figure;
        this.charts = charts;
    }

    /** Empty where no scenario has the figure. */
    String html(Findings findings, Predicate<Finding> applies) {
        List<String> places = new ArrayList<>();
        findings.byGroup().forEach((group, members) -> {
            List<Finding> with = members.stream()
                    .filter(applies)
                    .filter(each -> greatest(each) > 0)
                    .toList();
            panels(with).forEach(panel -> places.add(charts.place(chart(Findings.groupTitle(group), panel))));
        });
        return Charts.grid(places);
    }

    /** Greatest first; within a panel in their own order. */
    private List<List<Finding>> panels(List<Finding> findings) {
        List<List<Finding>> panels = new ArrayList<>();
        List<Finding> left = findings;
        while (!left.isEmpty()) {
            double max = left.stream().mapToDouble(this::greatest).max().orElseThrow();
            Predicate<Finding> fits = each -> greatest(each) * MAGNITUDE >= max;
            panels.add(left.stream().filter(fits).toList());
            left = left.stream().filter(fits.negate()).toList();
        }
        return panels;
    }

    private double greatest(Finding finding) {
        return finding.shown().stream()
                .map(system -> finding.spread(figure, system))
                .flatMap(Optional::stream)
                .mapToDouble(Spread::median)
                .max()
                .orElse(0);
    }

    private BarChart chart(String title, List<Finding> rows) {
        double max = rows.stream().mapToDouble(this::greatest).max().orElseThrow();
        String unit = rows.get(0).comparison(figure).orElseThrow().unit();
        boolean more = rows.get(0).comparison(figure).orElseThrow().moreIsBetter();
        Scale scale = Scale.of(unit, max);
        Map<String, MeasuredSystem> systems = new LinkedHashMap<>();
        rows.forEach(row -> row.shown().forEach(each -> systems.putIfAbsent(each.name(), each)));
        List<Bars> series = systems.values().stream()
                .map(system -> new Bars(
                        Findings.title(system),
                        style(system.role()),
                        map(
                                rows,
                                row -> row.spread(figure, system)
                                        .map(each -> range(each, scale))
                                        .orElse(null))))
                .filter(bars -> bars.values().stream().anyMatch(Objects::nonNull))
                .toList();
        return new BarChart(
                title,
                "%s (%s)".formatted(scale.unit(), more ? "longer is better" : "shorter is better"),
                rows.stream().map(each -> each.scenario().title()).toList(),
                series,
                limits(rows, scale, max));
    }

    private List<Limit> limits(List<Finding> rows, Scale scale, double max) {
        List<Limit> limits = new ArrayList<>();
        if (figure.equals("recordsPerSecond") || figure.equals("cpuSecondsPerMillion")) {
            add(
                    limits,
                    "null broker, which stores nothing",
                    "ceiling",
                    rows,
                    scale,
                    row -> row.median(figure, Role.CEILING));
        }
        if (figure.equals("recordsPerSecond")) {
            // What is far beyond the bars would only make them short; the table has it as a share.
            add(
                    limits,
                    "disk, written in a row",
                    "disk",
                    rows,
                    scale,
                    row -> row.writes()
                            ? within(row, Ceilings::diskWriteBytesPerSecond, 1.5 * max)
                            : OptionalDouble.empty());
            add(
                    limits,
                    "loopback",
                    "loopback",
                    rows,
                    scale,
                    row -> within(row, Ceilings::loopbackBytesPerSecond, 1.5 * max));
        }
        return limits;
    }

    private static OptionalDouble within(Finding row, Function<Ceilings, Double> limit, double most) {
        OptionalDouble records = limit(row, limit);
        return records.isPresent() && records.getAsDouble() <= most ? records : OptionalDouble.empty();
    }

    /** A limit in bytes as records of the scenario. */
    static OptionalDouble limit(Finding row, Function<Ceilings, Double> limit) {
        Ceilings ceilings = row.run().ceilings();
        return ceilings == null ? OptionalDouble.empty() : row.recordsWithin(limit.apply(ceilings));
    }

    private static void add(
            List<Limit> limits,
            String name,
            String style,
            List<Finding> rows,
            Scale scale,
            Function<Finding, OptionalDouble> value) {
        List<@Nullable Double> values = map(rows, row -> {
            OptionalDouble limit = value.apply(row);
            return limit.isPresent() ? scale.of(limit.getAsDouble()) : null;
        });
        if (values.stream().anyMatch(Objects::nonNull)) {
            limits.add(new Limit(name, style, values));
        }
    }

    /** Unlike {@code toList} of a stream, with nulls. */
    private static <T> List<@Nullable T> map(List<Finding> rows, Function<Finding, @Nullable T> value) {
        List<@Nullable T> values = new ArrayList<>();
        rows.forEach(row -> values.add(value.apply(row)));
        return values;
    }

    private static Range range(Spread spread, Scale scale) {
        return new Range(scale.of(spread.median()), scale.of(spread.low()), scale.of(spread.high()));
    }

    /** The color of a system. */
    static String style(Role role) {
        return switch (role) {
            case SUBJECT -> "subject";
            case PEER -> "peer";
            case TWIN -> "twin";
            case CEILING -> "ceiling";
        };
    }
}
