package io.millrace.perf.result;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** From rounds to medians, spreads and ratios. */
public final class Comparisons {
    private static final double[] PERCENTILES = {50, 99, 99.9, 99.99};

    private Comparisons() {}

    /**
     * Compares what every system gave in the tours that count.
     *
     * @param rounds in any order
     * @param wanted how many tours are enough
     */
    public static List<Comparison> of(List<MeasuredSystem> systems, List<RoundResult> rounds, int wanted) {
        List<Map<String, RoundResult>> tours = counted(rounds, wanted);
        Set<String> figures = new LinkedHashSet<>();
        tours.forEach(tour ->
                tour.values().forEach(round -> figures.addAll(values(round).keySet())));
        return figures.stream().map(figure -> compare(figure, systems, tours)).toList();
    }

    /** The rounds that its comparisons are made of. */
    public static List<RoundResult> counted(ScenarioResult scenario) {
        return counted(scenario.rounds(), scenario.tours()).stream()
                .flatMap(tour -> tour.values().stream())
                .toList();
    }

    /** How many of the tours that count had a round that was disturbed: with too few quiet ones, these must do. */
    public static long disturbed(ScenarioResult scenario) {
        return counted(scenario.rounds(), scenario.tours()).stream()
                .filter(Comparisons::isDisturbed)
                .count();
    }

    /** Whole tours: the quiet ones first, and only as many of the others as are missing then. */
    private static List<Map<String, RoundResult>> counted(List<RoundResult> rounds, int wanted) {
        Map<Integer, Map<String, RoundResult>> all = new TreeMap<>();
        rounds.stream()
                .filter(round -> !round.warmUp())
                .forEach(round -> all.computeIfAbsent(round.tour(), tour -> new LinkedHashMap<>())
                        .put(round.system(), round));
        int systems = all.values().stream().mapToInt(Map::size).max().orElse(0);
        all.values().removeIf(tour -> tour.size() < systems);
        List<Map<String, RoundResult>> chosen = new ArrayList<>();
        for (boolean disturbed : new boolean[] {false, true}) {
            all.values().stream()
                    .filter(tour -> isDisturbed(tour) == disturbed)
                    .limit(Math.max(0, wanted - chosen.size()))
                    .forEach(chosen::add);
        }
        return chosen;
    }

    private static boolean isDisturbed(Map<String, RoundResult> tour) {
        return tour.values().stream().anyMatch(RoundResult::disturbed);
    }

    private static Comparison compare(
            String figure, List<MeasuredSystem> systems, List<Map<String, RoundResult>> tours) {
        Map<String, Spread> spreads = new LinkedHashMap<>();
        for (MeasuredSystem system : systems) {
            List<Double> values = tours.stream()
                    .map(tour -> value(tour, system.name(), figure))
                    .flatMap(Optional::stream)
                    .toList();
            if (!values.isEmpty()) {
                spreads.put(system.name(), Spread.of(values));
            }
        }
        List<Ratio> ratios = new ArrayList<>();
        for (MeasuredSystem of : systems) {
            for (MeasuredSystem to : systems) {
                if (areCompared(of.role(), to.role(), systems)) {
                    ratio(figure, of.name(), to.name(), tours).ifPresent(ratios::add);
                }
            }
        }
        Optional<Figure> known = Figure.known(figure);
        return new Comparison(
                figure,
                known.map(Figure::unit).orElse("ms"),
                known.map(Figure::moreIsBetter).orElse(false),
                spreads,
                ratios);
    }

    private static boolean areCompared(Role of, Role to, List<MeasuredSystem> systems) {
        return switch (of) {
            case SUBJECT -> to == Role.PEER || to == Role.CEILING;
            case PEER -> to == Role.CEILING;
            case TWIN -> to == (has(systems, Role.PEER) ? Role.PEER : Role.SUBJECT);
            case CEILING -> false;
        };
    }

    private static boolean has(List<MeasuredSystem> systems, Role role) {
        return systems.stream().anyMatch(system -> system.role() == role);
    }

    private static Optional<Ratio> ratio(String figure, String of, String to, List<Map<String, RoundResult>> tours) {
        List<Double> ratios = new ArrayList<>();
        for (Map<String, RoundResult> tour : tours) {
            Optional<Double> above = value(tour, of, figure);
            Optional<Double> below = value(tour, to, figure);
            if (above.isPresent() && below.isPresent() && below.get() != 0) {
                ratios.add(above.get() / below.get());
            }
        }
        return ratios.isEmpty() ? Optional.empty() : Optional.of(Ratio.of(of, to, ratios));
    }

    private static Optional<Double> value(Map<String, RoundResult> tour, String system, String figure) {
        return Optional.ofNullable(tour.get(system)).map(round -> values(round).get(figure));
    }

    /** Figures by key, and the percentiles of latencies. */
    private static Map<String, Double> values(RoundResult round) {
        Map<String, Double> values = new LinkedHashMap<>();
        round.figures().forEach((figure, value) -> values.put(figure.key(), value));
        round.latencies().forEach((what, latency) -> {
            for (double percentile : PERCENTILES) {
                double ms = latency.ms(percentile);
                if (!Double.isNaN(ms)) {
                    values.put(
                            what + ".p" + (percentile == Math.rint(percentile) ? "%.0f" : "%s").formatted(percentile),
                            ms);
                }
            }
        });
        return values;
    }
}
