package io.millrace.broker.ring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteBudgetTest {

    /** The clock begins anywhere: here it passes the largest number. */
    private static final long START_NS = Math.subtractExact(Long.MAX_VALUE, 1_000);

    @Test
    void aPieceIsPaidForWithTime() {
        ByteBudget budget = new ByteBudget(1_000_000, START_NS);

        assertThat(budget.waitNs(500, START_NS)).isEqualTo(500_000);
        assertThat(budget.waitNs(0, START_NS + 500_000)).isZero();
    }

    @Test
    void whoDoesNotWaitOwesMore() {
        ByteBudget budget = new ByteBudget(1_000_000, START_NS);
        budget.waitNs(500, START_NS);

        assertThat(budget.waitNs(100, START_NS + 200_000)).isEqualTo(400_000);
    }

    @Test
    void timeWithoutWorkIsNotSavedUp() {
        ByteBudget budget = new ByteBudget(1_000_000, START_NS);

        assertThat(budget.waitNs(100, START_NS + 1_000_000_000)).isEqualTo(100_000);
    }

    @Test
    void aBudgetWithoutLimitCostsNothing() {
        assertThat(new ByteBudget(Double.MAX_VALUE, START_NS).waitNs(1 << 30, START_NS))
                .isZero();
    }
}
