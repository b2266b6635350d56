package io.millrace.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.TopicPartition;
import io.millrace.client.consumer.AckLedger.Ack;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AckLedgerTest {
    private static final TopicPartition P0 = new TopicPartition("t", 0);
    private static final TopicPartition P1 = new TopicPartition("t", 1);

    private final AckLedger ledger = new AckLedger(10);

    @Test
    void saysWhetherThereIsMoreToCommit() {
        ledger.assign(P0, 1, 5);
        ledger.deliver(P0, 5, 0);
        ledger.deliver(P0, 6, 0);
        assertThat(ledger.acknowledge(P0, 1, 6)).isEqualTo(Ack.NOTED);
        assertThat(ledger.acknowledge(P0, 1, 6)).isEqualTo(Ack.UNKNOWN);
        assertThat(ledger.acknowledge(P0, 1, 5)).isEqualTo(Ack.ADVANCED);
        assertThat(ledger.committable(P0)).isEqualTo(7);
        assertThat(ledger.acknowledgeUpTo(P0, 1, 6)).isEqualTo(Ack.UNKNOWN);
    }

    @Test
    void acknowledgementsAfterTheRevocationDoNothing() {
        ledger.assign(P0, 1, 0);
        ledger.deliver(P0, 0, 0);
        ledger.revoke(P0);
        assertThat(ledger.acknowledge(P0, 1, 0)).isEqualTo(Ack.REVOKED);
        assertThat(ledger.unacknowledged(P0)).isZero();
        assertThat(ledger.room(P0)).isZero();

        ledger.assign(P0, 2, 0);
        ledger.deliver(P0, 0, 0);
        assertThat(ledger.acknowledge(P0, 1, 0)).isEqualTo(Ack.REVOKED);
        assertThat(ledger.acknowledgeUpTo(P0, 1, 0)).isEqualTo(Ack.REVOKED);
        assertThat(ledger.committable(P0)).isZero();
        assertThat(ledger.acknowledge(P0, 2, 0)).isEqualTo(Ack.ADVANCED);
    }

    @Test
    void partitionsDoNotHoldEachOther() {
        ledger.assign(P0, 1, 0);
        ledger.assign(P1, 2, 100);
        for (int i = 0; i < 10; i++) {
            ledger.deliver(P0, i, 50);
        }
        ledger.deliver(P1, 100, 80);
        assertThat(ledger.room(P0)).isZero();
        assertThat(ledger.room(P1)).isEqualTo(9);
        assertThat(ledger.oldestAgeMs(100)).isEqualTo(50);
        ledger.acknowledge(P1, 2, 100);
        ledger.passTo(P1, 200);
        TreeMap<TopicPartition, Long> committable = new TreeMap<>();
        ledger.forEachCommittable(committable::put);
        assertThat(committable).containsEntry(P0, 0L).containsEntry(P1, 200L).hasSize(2);
        assertThat(ledger.assigned()).containsExactlyInAnyOrder(P0, P1);
    }

    @Test
    void deliversOnlyWhatIsAssigned() {
        assertThatThrownBy(() -> ledger.deliver(P0, 0, 0)).hasMessageContaining("t-0 is not assigned");
        assertThatThrownBy(() -> new AckLedger(0)).hasMessageContaining("at least 1");
    }
}
