package io.millrace.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.Seeds;
import io.millrace.client.TopicPartition;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DemandLedgerTest {
    private static final TopicPartition P0 = new TopicPartition("t", 0);
    private static final TopicPartition P1 = new TopicPartition("t", 1);

    private final DemandLedger demand = new DemandLedger();

    @Test
    void whatIsSharedIsTakenByWhoeverComesFirst() {
        demand.assign(P0, 1, Long.MAX_VALUE);
        demand.assign(P1, 1, Long.MAX_VALUE);
        demand.request(5);
        demand.take(P0, 3);
        assertThat(demand.available(P1)).isEqualTo(2);
        demand.take(P1, 2);
        assertThat(demand.available(P0)).isZero();
        assertThatThrownBy(() -> demand.take(P0, 1)).hasMessageContaining("1 records of t-0 where 0 are wanted");
    }

    @Test
    void aPartitionsOwnDemandHoldsNoOther() {
        demand.request(Long.MAX_VALUE);
        demand.assign(P0, 1, 0);
        demand.assign(P1, 1, 0);
        assertThat(demand.request(P1, 1, 4)).isTrue();
        assertThat(demand.available(P0)).isZero();
        assertThat(demand.available(P1)).isEqualTo(4);
    }

    @Test
    void sharedDemandAndPausesSurviveARebalance() {
        demand.assign(P0, 1, Long.MAX_VALUE);
        demand.request(7);
        demand.pause(P0);
        demand.revoke(P0);
        demand.assign(P0, 2, Long.MAX_VALUE);
        assertThat(demand.isPaused(P0)).isTrue();
        assertThat(demand.available(P0)).isZero();
        demand.resume(P0);
        assertThat(demand.available(P0)).isEqualTo(7);
    }

    @Test
    void demandOfAnOldAssignmentIsNobodys() {
        demand.request(Long.MAX_VALUE);
        demand.assign(P0, 1, 0);
        demand.request(P0, 1, 9);
        demand.revoke(P0);
        assertThat(demand.request(P0, 1, 9)).isFalse();
        demand.assign(P0, 2, 0);
        assertThat(demand.request(P0, 1, 9)).isFalse();
        assertThat(demand.available(P0)).isZero();
    }

    @Test
    void withoutASubscriberNothingIsWanted() {
        demand.assign(P0, 1, Long.MAX_VALUE);
        demand.request(Long.MAX_VALUE);
        demand.cancelShared();
        assertThat(demand.available(P0)).isZero();
    }

    @Test
    void refusesNegativeDemand() {
        assertThatThrownBy(() -> demand.request(-1)).hasMessageContaining("a demand of -1 records");
    }

    @Test
    void countsAndSaturatesForManySeeds() {
        Seeds.each(100, DemandLedgerTest::compare);
    }

    /** Numbers without bounds are the model. */
    private static void compare(Random random) {
        BigInteger max = BigInteger.valueOf(Long.MAX_VALUE);
        DemandLedger demand = new DemandLedger();
        demand.assign(P0, 1, 0);
        BigInteger shared = BigInteger.ZERO;
        BigInteger own = BigInteger.ZERO;
        for (int step = 0; step < 500; step++) {
            long n = random.nextInt(40) == 0 ? Long.MAX_VALUE - random.nextInt(3) : random.nextInt(100);
            switch (random.nextInt(3)) {
                case 0 -> {
                    demand.request(n);
                    shared = shared.add(BigInteger.valueOf(n)).min(max);
                }
                case 1 -> {
                    demand.request(P0, 1, n);
                    own = own.add(BigInteger.valueOf(n)).min(max);
                }
                default -> {
                    long taken = Math.min(n, demand.available(P0));
                    demand.take(P0, taken);
                    shared = shared.equals(max) ? max : shared.subtract(BigInteger.valueOf(taken));
                    own = own.equals(max) ? max : own.subtract(BigInteger.valueOf(taken));
                }
            }
            assertThat(demand.available(P0)).isEqualTo(shared.min(own).longValueExact());
        }
    }
}
