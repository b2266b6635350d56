package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemberBudgetTest {

    @Test
    void hasRoomUpToTheLimitAndNotBeyond() {
        MemberBudget budget = new MemberBudget(100);
        budget.add(60);

        assertThat(budget.hasRoomFor(40)).isTrue();
        assertThat(budget.hasRoomFor(41)).isFalse();
        budget.add(-1);
        assertThat(budget.hasRoomFor(41)).isTrue();
    }

    /** What comes out of the log is kept in any case. */
    @Test
    void mayBeExceeded() {
        MemberBudget budget = new MemberBudget(0);
        budget.add(10);

        assertThat(budget.hasRoomFor(1)).isFalse();
        budget.add(-10);
        assertThat(budget.hasRoomFor(0)).isTrue();
    }
}
