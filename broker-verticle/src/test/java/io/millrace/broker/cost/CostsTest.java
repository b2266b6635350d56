package io.millrace.broker.cost;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CostsTest {

    private static final Costs COSTS = Costs.parse(List.of(
            "# said before",
            "fetch 1 MB from the disk",
            "    syncs         1     of the journal",
            "    flushes  <= 0.5  the answer"));

    @Test
    void tellsWhatCostsMoreHowMuchIsAllowedAndWhere() {
        assertThatThrownBy(() -> COSTS.check(Scenario.FETCH_COLD, Map.of(Measure.SYNCS, 2.0)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("\"fetch 1 MB from the disk\"")
                .hasMessageContaining("syncs: 2 measured, 1 in line 3 (of the journal)")
                .hasMessageContaining("costs.txt");
    }

    @Test
    void wantsTheTableToFollowWhatCostsLess() {
        assertThatThrownBy(() -> COSTS.check(Scenario.FETCH_COLD, Map.of(Measure.SYNCS, 0.0)))
                .hasMessageContaining("syncs: 0 measured, 1 in line 3");
    }

    @Test
    void holdsAnUpperBound() {
        assertThatCode(() -> COSTS.check(Scenario.FETCH_COLD, Map.of(Measure.FLUSHES, 0.5)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> COSTS.check(Scenario.FETCH_COLD, Map.of(Measure.FLUSHES, 0.6)))
                .hasMessageContaining("flushes: 0.60 measured, at most 0.50 in line 4");
    }

    @Test
    void allowsNothingThatIsNotListed() {
        assertThatThrownBy(() -> COSTS.check(Scenario.FETCH_COLD, Map.of(Measure.FILE_READS, 1.0)))
                .hasMessageContaining("file reads: 1 measured, none are listed");
        assertThatThrownBy(() -> COSTS.check(Scenario.FETCH_SMALL, Map.of(Measure.SYNCS, 1.0)))
                .hasMessageContaining("syncs: 1 measured, none are listed");
    }

    @Test
    void refusesLinesThatNobodyWouldEverCheck() {
        for (String line :
                List.of("fetch 1 GB", "    syncs  1  of nothing that has a name", "    syncs 1 too narrow")) {
            assertThatThrownBy(() -> Costs.parse(List.of(line))).hasMessageContaining("costs.txt:1: ");
        }
        assertThatThrownBy(() -> Costs.parse(List.of("fetch 1 MB from the disk", "    sinks  1  of the kitchen")))
                .hasMessageContaining("costs.txt:2: nothing is counted under the name \"sinks\"");
    }
}
