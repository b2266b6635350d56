package io.millrace.perf.group;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeliveriesTest {
    private final Deliveries deliveries = new Deliveries(2);

    @Test
    void aGroupThatReadsEverythingOnceIsInOrder() {
        deliveries.onRecord("a", 1, 0, 0, 0);
        deliveries.onCommit(0, 1);
        deliveries.onRecord("b", 2, 0, 1, 1);
        deliveries.onEnd(0, 2);
        deliveries.onEnd(1, 0);

        assertThat(deliveries.violations()).isEmpty();
        assertThat(deliveries.summary()).isEqualTo("2 records, 0 of them more than once, 2 generations");
    }

    @Test
    void whatIsReadAgainWithoutACommitIsInOrderToo() {
        deliveries.onRecord("a", 1, 0, 0, 0);
        deliveries.onRecord("b", 2, 0, 0, 0);
        deliveries.onEnd(0, 1);

        assertThat(deliveries.violations()).isEmpty();
    }

    @Test
    void noticesWhatReachedNobody() {
        deliveries.onRecord("a", 1, 1, 0, 0);
        deliveries.onRecord("a", 1, 1, 2, 0);
        deliveries.onEnd(1, 3);

        assertThat(deliveries.violations())
                .containsExactly("partition 1 ends at 3, and 1 of its records reached nobody, the first at 1");
    }

    @Test
    void noticesAPartitionThatTwoMembersHave() {
        deliveries.onRecord("a", 4, 0, 0, 0);
        deliveries.onRecord("b", 4, 0, 1, 0);

        assertThat(deliveries.violations()).containsExactly("generation 4 gave partition 0 to a and to b");
    }

    @Test
    void noticesACommitThatIsLost() {
        deliveries.onCommit(0, 5);
        deliveries.onRecord("b", 2, 0, 3, deliveries.committed(0));

        assertThat(deliveries.violations()).containsExactly("b got partition 0 from 3 on, after a commit of 5");
    }
}
