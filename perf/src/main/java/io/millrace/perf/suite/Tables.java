package io.millrace.perf.suite;

import io.millrace.perf.result.Comparison;
import io.millrace.perf.result.Comparisons;
import io.millrace.perf.result.Figure;
import io.millrace.perf.result.RoundResult;
import io.millrace.perf.result.ScenarioResult;
import java.util.Locale;
import java.util.StringJoiner;

/** Results as text, for the terminal. */
final class Tables {
    private Tables() {}

    /** One round in one line: its first figures, and what disturbed it. */
    static String line(Scenario scenario, String label, RoundResult round) {
        StringJoiner line = new StringJoiner(", ");
        line.add("%s %s %s".formatted(scenario.name(), label, round.system()));
        round.figures().entrySet().stream()
                .limit(3)
                .forEach(each -> line.add(number(each.getValue()) + " " + shortName(each.getKey())));
        round.latencies().forEach((what, latency) -> line.add("%s p99 %s ms".formatted(what, number(latency.ms(99)))));
        if (round.disturbed()) {
            line.add(String.format(
                    Locale.ROOT,
                    "DISTURBED by %.0f %% other load and %.0f %% steal",
                    100 * round.otherLoad(),
                    100 * round.steal()));
        }
        return line.toString();
    }

    /** All figures of a scenario: medians with their spread, and the ratios with their intervals. */
    static String summary(ScenarioResult result) {
        StringBuilder text = new StringBuilder("\n%s: %s\n".formatted(result.name(), result.title()));
        for (Comparison comparison : result.comparisons()) {
            text.append("  %s%s\n".formatted(comparison.figure(), unit(comparison)));
            comparison
                    .systems()
                    .forEach((name, spread) -> text.append("    %-24s %12s   %s to %s\n"
                            .formatted(name, number(spread.median()), number(spread.low()), number(spread.high()))));
            comparison
                    .ratios()
                    .forEach(ratio -> text.append("    %-24s %12s   %s to %s at %.4s %%\n"
                            .formatted(
                                    ratio.of() + " / " + ratio.to(),
                                    number(ratio.median()),
                                    number(ratio.low()),
                                    number(ratio.high()),
                                    100 * ratio.confidence())));
        }
        long disturbed = Comparisons.disturbed(result);
        if (disturbed > 0) {
            text.append("  %d of these tours were disturbed: the machine was not quiet often enough\n"
                    .formatted(disturbed));
        }
        if (!result.problem().isEmpty()) {
            text.append("  ended early: ").append(result.problem()).append('\n');
        }
        return text.toString();
    }

    private static String unit(Comparison comparison) {
        return comparison.unit().isEmpty() ? "" : ", " + comparison.unit();
    }

    private static String shortName(Figure figure) {
        return switch (figure) {
            case CPU_SECONDS_PER_MILLION -> "cpu s/M";
            case CPU_SECONDS_PER_GB -> "cpu s/GB";
            default -> figure.unit();
        };
    }

    /** Three digits or more. */
    static String number(double value) {
        double size = Math.abs(value);
        if (size >= 100 || value == 0) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
    }
}
