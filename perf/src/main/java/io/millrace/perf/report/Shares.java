package io.millrace.perf.report;

import io.millrace.perf.result.Ceilings;
import io.millrace.perf.result.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Throughput as numbers, and as shares of what the machine allows. */
final class Shares {
    private Shares() {}

    /** Empty where nothing ran as fast as it goes. */
    static String html(Findings findings) {
        boolean compared = findings.system(Role.PEER).isPresent();
        List<List<String>> rows = new ArrayList<>();
        for (Finding finding : findings.all()) {
            OptionalDouble records = finding.median("recordsPerSecond", Role.SUBJECT);
            if (!finding.isPaced() && records.isPresent()) {
                rows.add(row(finding, records.getAsDouble(), compared));
            }
        }
        List<String> head = new ArrayList<>(List.of("Scenario", findings.subject() + " (range)"));
        if (compared) {
            head.add(findings.peer() + " (range)");
        }
        head.addAll(List.of(findings.subject() + ", share of null broker", "... of disk writing", "... of loopback"));
        return rows.isEmpty() ? "" : Html.table("numbers", head, rows);
    }

    private static List<String> row(Finding finding, double records, boolean compared) {
        OptionalDouble disk = finding.writes()
                ? BarSection.limit(finding, Ceilings::diskWriteBytesPerSecond)
                : OptionalDouble.empty();
        List<String> row = new ArrayList<>(List.of(finding.scenario().title(), range(finding, Role.SUBJECT)));
        if (compared) {
            row.add(range(finding, Role.PEER));
        }
        row.add(share(records, finding.median("recordsPerSecond", Role.CEILING)));
        row.add(share(records, disk));
        row.add(share(records, BarSection.limit(finding, Ceilings::loopbackBytesPerSecond)));
        return row;
    }

    private static String range(Finding finding, Role role) {
        return finding.system(role)
                .flatMap(system -> finding.spread("recordsPerSecond", system))
                .map(spread -> {
                    Scale scale = Scale.of("records/s", spread.median());
                    return "%s (%s to %s) %s"
                            .formatted(
                                    scale.number(spread.median()),
                                    scale.number(spread.low()),
                                    scale.number(spread.high()),
                                    scale.unit());
                })
                .orElse("–");
    }

    private static String share(double value, OptionalDouble limit) {
        return limit.isPresent() ? Scale.percent(value / limit.getAsDouble()) : "–";
    }
}
