package io.millrace.broker.cost;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The committed costs: {@code costs.txt}, which says how to read it. Immutable. */
final class Costs {

    private static final String FILE = "costs.txt";
    private static final String PATH = "broker-verticle/src/test/resources/io/millrace/broker/cost/" + FILE;

    private static final Pattern LINE = Pattern.compile(" {4}(\\S.*?) {2,}(<= )?(\\d+(?:\\.\\d+)?) {2,}(\\S.*)");

    /**
     * @param exact whether less is a deviation, too: then the table has to follow
     * @param madeOf why it costs so much
     */
    private record Limit(int line, boolean exact, double value, String madeOf) {

        boolean allows(double measured) {
            return exact ? measured == value : measured <= value;
        }

        @Override
        public String toString() {
            return (exact ? "" : "at most ") + number(value);
        }
    }

    private final Map<Scenario, Map<Measure, Limit>> limits = new EnumMap<>(Scenario.class);

    private Costs() {}

    static Costs committed() {
        try (InputStream in = Objects.requireNonNull(Costs.class.getResourceAsStream(FILE), PATH);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return parse(lines.lines().toList());
        } catch (IOException e) {
            throw new IllegalStateException(PATH, e);
        }
    }

    static Costs parse(List<String> lines) {
        Costs costs = new Costs();
        Map<Measure, Limit> current = null;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            try {
                if (line.startsWith("    ")) {
                    costs.addLimit(current, line, i + 1);
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    current = new EnumMap<>(Measure.class);
                    if (costs.limits.put(Scenario.of(line), current) != null) {
                        throw new IllegalArgumentException("\"" + line + "\" is there twice");
                    }
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(PATH + ":" + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        return costs;
    }

    private void addLimit(@Nullable Map<Measure, Limit> target, String line, int number) {
        Matcher parts = LINE.matcher(line);
        if (target == null || !parts.matches()) {
            throw new IllegalArgumentException(
                    "should be, below a scenario: 4 blanks, what is counted, how many or \"<= \" and how many, of what they"
                            + " are made; two or more blanks between");
        }
        Limit limit = new Limit(number, parts.group(2) == null, Double.parseDouble(parts.group(3)), parts.group(4));
        if (target.put(Measure.of(parts.group(1)), limit) != null) {
            throw new IllegalArgumentException(parts.group(1) + " is there twice");
        }
    }

    /**
     * Compares a scenario with what is committed for it. What the table does not name must not have happened.
     *
     * @throws AssertionError that names each deviation
     */
    void check(Scenario scenario, Map<Measure, Double> measured) {
        Map<Measure, Limit> committed = limits.getOrDefault(scenario, Map.of());
        List<String> problems = new ArrayList<>();
        measured.forEach((measure, value) -> {
            Limit limit = committed.get(measure);
            if (limit == null ? value != 0 : !limit.allows(value)) {
                problems.add("%s: %s measured, %s"
                        .formatted(
                                measure,
                                number(value),
                                limit == null
                                        ? "none are listed"
                                        : limit + " in line " + limit.line() + " (" + limit.madeOf() + ")"));
            }
        });
        if (!problems.isEmpty()) {
            throw new AssertionError("\"%s\" does not cost what %s allows:%n  %s%nall that was measured: %s"
                    .formatted(scenario, PATH, String.join(System.lineSeparator() + "  ", problems), text(measured)));
        }
    }

    private static String text(Map<Measure, Double> measured) {
        List<String> parts = new ArrayList<>();
        measured.forEach((measure, value) -> parts.add(measure + " " + number(value)));
        return String.join(", ", parts);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.2f", value);
    }
}
