package io.millrace.client.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class StickyPartitionerTest {
    private static final int CHOICES = 20_000;

    private final TestLoad load = new TestLoad(0, 0, 0, 0);

    /** Queues by partition; a negative one is not available. */
    private static final class TestLoad implements PartitionLoad {
        private int[] queues;

        TestLoad(int... queues) {
            this.queues = queues;
        }

        @Override
        public int partitionCount() {
            return queues.length;
        }

        @Override
        public boolean isAvailable(int partition) {
            return queues[partition] >= 0;
        }

        @Override
        public int queuedBatches(int partition) {
            return queues[partition];
        }
    }

    @Test
    void staysUntilABatchIsFull() {
        StickyPartitioner partitioner = new StickyPartitioner(100, true, new Random(1));
        int first = partitioner.partition(load);
        partitioner.produced(60, true);
        assertThat(partitioner.partition(load)).isEqualTo(first);
        partitioner.produced(60, false);
        assertThat(partitioner.partition(load)).as("in the middle of a batch").isEqualTo(first);
        int[] chosen = new int[4];
        for (int i = 0; i < CHOICES; i++) {
            partitioner.produced(100, true);
            chosen[partitioner.partition(load)]++;
        }
        for (int each : chosen) {
            assertThat(each).as("all alike").isBetween(CHOICES / 4 - 500, CHOICES / 4 + 500);
        }
    }

    @Test
    void leavesInTheMiddleOfABatchAfterTwiceTheBytes() {
        StickyPartitioner partitioner = new StickyPartitioner(100, true, new Random(1));
        boolean left = false;
        for (int i = 0; i < 50; i++) {
            int before = partitioner.partition(load);
            partitioner.produced(199, false);
            assertThat(partitioner.partition(load)).isEqualTo(before);
            partitioner.produced(1, false);
            left |= partitioner.partition(load) != before;
        }
        assertThat(left).isTrue();
    }

    @Test
    void choosesByTheLengthOfQueues() {
        // As in KIP-794: queues of 0, 3 and 1 make chances of 4, 1 and 3.
        int[] chosen = choose(new TestLoad(0, 3, 1), true);
        assertThat(chosen[0]).isBetween(CHOICES * 4 / 8 - 500, CHOICES * 4 / 8 + 500);
        assertThat(chosen[1]).isBetween(CHOICES / 8 - 500, CHOICES / 8 + 500);
        assertThat(chosen[2]).isBetween(CHOICES * 3 / 8 - 500, CHOICES * 3 / 8 + 500);
    }

    @Test
    void doesNotIfItIsNotToAdapt() {
        int[] chosen = choose(new TestLoad(0, 300), false);
        assertThat(chosen[1]).isBetween(CHOICES / 2 - 500, CHOICES / 2 + 500);
    }

    @Test
    void leavesOutPartitionsWithoutLeader() {
        int[] chosen = choose(new TestLoad(-1, 5, -1, 0), true);
        assertThat(chosen[0] + chosen[2]).isZero();
        assertThat(chosen[1]).isPositive();
    }

    @Test
    void takesAnyIfNoneHasALeader() {
        assertThat(choose(new TestLoad(-1, -1), true)).doesNotContain(0);
    }

    @Test
    void longQueuesDoNotOverflow() {
        assertThat(choose(new TestLoad(Integer.MAX_VALUE, Integer.MAX_VALUE, 0), true)[2])
                .isPositive();
    }

    @Test
    void aTopicMayLosePartitions() {
        StickyPartitioner partitioner = new StickyPartitioner(1_000_000, true, new Random(1));
        partitioner.partition(new TestLoad(-1, -1, -1, 0));
        load.queues = new int[] {0};
        assertThat(partitioner.partition(load)).isZero();
        assertThatThrownBy(() -> new StickyPartitioner(0, true, new Random(1))).hasMessageContaining("at least 1");
    }

    private static int[] choose(TestLoad load, boolean adaptive) {
        StickyPartitioner partitioner = new StickyPartitioner(1, adaptive, new Random(7));
        int[] chosen = new int[load.partitionCount()];
        for (int i = 0; i < CHOICES; i++) {
            chosen[partitioner.partition(load)]++;
            partitioner.produced(1, true);
        }
        return chosen;
    }
}
