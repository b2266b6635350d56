package io.millrace.broker.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private static final int MIB = 1 << 20;
    private static final int LARGE = 10 * MIB;
    private static final int ORDINARY = MemoryBudget.ORDINARY_BYTES_MAX;

    private final List<String> woken = new ArrayList<>();

    @Test
    void letsARequestPassThatIsLargerThanAll() {
        MemoryBudget budget = new MemoryBudget(10);
        assertThat(budget.tryReserve(100)).isTrue();
        assertThat(budget.tryReserve(1)).isFalse();
        budget.await(1, () -> woken.add("one"));
        assertThat(woken).isEmpty();

        budget.release(100);

        assertThat(woken).containsExactly("one");
        assertThat(budget.reservedBytes()).isZero();
    }

    @Test
    void givesLargeRequestsOneHalfAndOrdinaryOnesTheRest() {
        MemoryBudget budget = new MemoryBudget(4L * LARGE);
        assertThat(budget.tryReserve(LARGE)).isTrue();
        assertThat(budget.tryReserve(LARGE)).isTrue();

        assertThat(budget.tryReserve(ORDINARY + 1)).isFalse();
        for (long held = 0; held < 2L * LARGE; held += ORDINARY) {
            assertThat(budget.tryReserve(ORDINARY)).isTrue();
        }
        assertThat(budget.tryReserve(1)).isFalse();
    }

    @Test
    void aLargeRequestBeyondTheWholeBudgetCountsAsHalfOfIt() {
        MemoryBudget budget = new MemoryBudget(2 * MIB);
        assertThat(budget.tryReserve(LARGE)).isTrue();

        assertThat(budget.tryReserve(LARGE)).isFalse();
        assertThat(budget.tryReserve(MIB)).isTrue();
        assertThat(budget.tryReserve(1)).isFalse();
    }

    @Test
    void ordinaryRequestsMayUseAllWhileNoneIsLarge() {
        MemoryBudget budget = new MemoryBudget(2 * MIB);

        assertThat(budget.tryReserve(MIB)).isTrue();
        assertThat(budget.tryReserve(MIB)).isTrue();
        assertThat(budget.tryReserve(1)).isFalse();
        assertThat(budget.tryReserve(LARGE)).isFalse();
    }

    @Test
    void largeRequestsWaitForTheirHalfInTheirOrderAndOrdinaryOnesOnlyForTheWhole() {
        MemoryBudget budget = new MemoryBudget(4L * LARGE);
        assertThat(budget.tryReserve(2 * LARGE)).isTrue();
        budget.await(2 * LARGE, () -> woken.add("first"));
        budget.await(ORDINARY + 1, () -> woken.add("second"));
        budget.charge(2L * LARGE);
        budget.await(ORDINARY, () -> woken.add("ordinary"));

        budget.discharge(2L * LARGE);
        assertThat(woken).containsExactly("ordinary");

        budget.release(2 * LARGE);
        assertThat(woken).containsExactly("ordinary", "first", "second");
    }

    @Test
    void whoHoldsAnOrdinaryRequestIsNotBlamedForLargeOnesThatWaitForEachOther() {
        MemoryBudget budget = new MemoryBudget(4L * LARGE);
        assertThat(budget.tryReserve(2 * LARGE)).isTrue();
        assertThat(budget.isWanted(LARGE)).isFalse();
        budget.await(LARGE, () -> woken.add("large"));

        assertThat(budget.isWanted(LARGE)).isTrue();
        assertThat(budget.isWanted(ORDINARY)).isFalse();
        budget.charge(2L * LARGE);
        assertThat(budget.isWanted(ORDINARY)).isTrue();
    }

    /** Whoever waits is woken once there is room, and room there is as soon as all has been given back. */
    @Test
    void nobodyWaitsForEver() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        MemoryBudget budget = new MemoryBudget(40L * MIB);
        List<Integer> held = new ArrayList<>();
        int waited = 0;
        for (int i = 0; i < 10_000; i++) {
            int bytes = random.nextBoolean() ? 1 + random.nextInt(MIB) : 1 + random.nextInt(60 * MIB);
            if (budget.tryReserve(bytes)) {
                held.add(bytes);
            } else {
                budget.await(bytes, () -> woken.add("woken"));
                waited++;
            }
            while (!held.isEmpty() && random.nextInt(3) == 0) {
                budget.release(held.remove(random.nextInt(held.size())));
            }
        }
        held.forEach(budget::release);

        assertThat(budget.reservedBytes()).as("seed %d", seed).isZero();
        assertThat(woken).as("seed %d", seed).hasSize(waited);
    }
}
