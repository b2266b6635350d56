package io.millrace.perf.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.perf.result.Latency.Point;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonsTest {
    private static final MeasuredSystem OURS = new MeasuredSystem("ours", Role.SUBJECT, "1");
    private static final MeasuredSystem THEIRS = new MeasuredSystem("theirs", Role.PEER, "1");
    private static final MeasuredSystem TWIN = new MeasuredSystem("twin", Role.TWIN, "1");
    private static final MeasuredSystem NULL = new MeasuredSystem("null", Role.CEILING, "1");

    @Test
    void comparesNeighboursAndNotMedians() {
        List<RoundResult> rounds = List.of(
                round(1, "ours", 100, false), round(1, "theirs", 50, false),
                round(2, "ours", 10, false), round(2, "theirs", 5, false),
                round(3, "ours", 30, false), round(3, "theirs", 10, false));

        Comparison comparison = only(Comparisons.of(List.of(OURS, THEIRS), rounds, 3));

        assertThat(comparison.systems())
                .containsEntry("ours", new Spread(30, 10, 100, 3))
                .containsEntry("theirs", new Spread(10, 5, 50, 3));
        assertThat(comparison.ratios()).containsExactly(new Ratio("ours", "theirs", 2, 2, 3, 0.75, 3));
    }

    @Test
    void leavesOutWarmUpAndToursThatAreNotWhole() {
        List<RoundResult> rounds = List.of(
                round(0, "ours", 1, false),
                round(0, "theirs", 1, false),
                round(1, "ours", 4, false),
                round(1, "theirs", 2, false),
                round(2, "ours", 9, false));

        Comparison comparison = only(Comparisons.of(List.of(OURS, THEIRS), rounds, 3));

        assertThat(comparison.systems()).containsEntry("ours", new Spread(4, 4, 4, 1));
    }

    @Test
    void prefersQuietToursAndFillsUpWithDisturbedOnes() {
        List<RoundResult> rounds =
                List.of(round(1, "ours", 1, true), round(2, "ours", 2, true), round(3, "ours", 30, false));

        assertThat(only(Comparisons.of(List.of(OURS), rounds, 1)).systems())
                .containsEntry("ours", new Spread(30, 30, 30, 1));
        assertThat(only(Comparisons.of(List.of(OURS), rounds, 2)).systems())
                .containsEntry("ours", new Spread(15.5, 1, 30, 2));
        assertThat(Comparisons.disturbed(scenario(rounds, 1))).isZero();
        assertThat(Comparisons.disturbed(scenario(rounds, 2))).isEqualTo(1);
    }

    @Test
    void comparesEachWithWhatItIsMeasuredBy() {
        List<RoundResult> rounds = List.of(
                round(1, "ours", 8, false),
                round(1, "theirs", 4, false),
                round(1, "twin", 2, false),
                round(1, "null", 16, false));

        Comparison comparison = only(Comparisons.of(List.of(OURS, THEIRS, TWIN, NULL), rounds, 1));

        assertThat(comparison.ratios().stream().map(ratio -> ratio.of() + "/" + ratio.to() + "=" + ratio.median()))
                .containsExactly("ours/theirs=2.0", "ours/null=0.5", "theirs/null=0.25", "twin/theirs=0.5");
    }

    @Test
    void comparesATwinWithTheSubjectWhenThereIsNoPeer() {
        List<RoundResult> rounds = List.of(round(1, "ours", 8, false), round(1, "twin", 2, false));

        assertThat(only(Comparisons.of(List.of(OURS, TWIN), rounds, 1)).ratios())
                .containsExactly(new Ratio("twin", "ours", 0.25, 0.25, 0.25, 0, 1));
    }

    @Test
    void comparesPercentilesOfLatencies() {
        Latency latency = new Latency(10, List.of(new Point(50, 3), new Point(99, 7), new Point(99.9, 8)), null);
        RoundResult round = new RoundResult(1, "ours", "", 1, 0, 0, false, Map.of(), Map.of("ack", latency));

        assertThat(Comparisons.of(List.of(OURS), List.of(round), 1).stream().map(Comparison::figure))
                .containsExactly("ack.p50", "ack.p99", "ack.p99.9");
    }

    @Test
    void makesNoRatioToZero() {
        List<RoundResult> rounds = List.of(round(1, "ours", 8, false), round(1, "theirs", 0, false));

        assertThat(only(Comparisons.of(List.of(OURS, THEIRS), rounds, 1)).ratios())
                .isEmpty();
    }

    private static Comparison only(List<Comparison> comparisons) {
        assertThat(comparisons).hasSize(1);
        return comparisons.get(0);
    }

    private static RoundResult round(int tour, String system, double value, boolean disturbed) {
        return new RoundResult(
                tour,
                system,
                "2026-01-01T00:00:00Z",
                1,
                disturbed ? 0.5 : 0,
                0,
                disturbed,
                Map.of(Figure.RECORDS_PER_SECOND, value),
                Map.of());
    }

    private static ScenarioResult scenario(List<RoundResult> rounds, int tours) {
        return new ScenarioResult("s", "g", "", List.of(), Map.of(), Map.of(), tours, rounds, List.of(), "");
    }
}
