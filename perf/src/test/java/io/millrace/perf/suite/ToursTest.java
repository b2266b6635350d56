package io.millrace.perf.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ToursTest {
    @Test
    void warmsUpFirstAndThenCounts() {
        assertThat(run(new Tours(2, 3, 3), Set.of())).containsExactly(-1, 0, 1, 2, 3);
    }

    @Test
    void runsAnotherTourForEachThatWasDisturbed() {
        assertThat(run(new Tours(1, 2, 5), Set.of(1, 3))).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void repeatsOnlySoOften() {
        assertThat(run(new Tours(0, 2, 1), Set.of(1, 2, 3, 4))).containsExactly(1, 2, 3);
    }

    @Test
    void doesNotRepeatWarmUp() {
        assertThat(run(new Tours(1, 1, 1), Set.of(0))).containsExactly(0, 1);
    }

    private static List<Integer> run(Tours tours, Set<Integer> disturbed) {
        List<Integer> seen = new ArrayList<>();
        while (tours.goOn()) {
            seen.add(tours.next());
            tours.done(disturbed.contains(tours.next()));
        }
        return seen;
    }
}
