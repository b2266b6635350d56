package io.millrace.broker.group.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class GroupPartitionerTest {

    @Test
    void putsEveryGroupWhereKafkaPutsIt() {
        for (int i = 0; i < 10_000; i++) {
            String group = "group-" + i * 31;
            assertThat(GroupPartitioner.partitionOf(group, 50)).isEqualTo(Utils.abs(group.hashCode()) % 50);
        }
    }

    @Test
    void theSmallestHashHasNoPositiveCounterpart() {
        String group = "polygenelubricants";
        assertThat(group.hashCode()).isEqualTo(Integer.MIN_VALUE);

        assertThat(GroupPartitioner.partitionOf(group, 50)).isZero();
    }
}
